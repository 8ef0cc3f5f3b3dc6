import type { AuditVerdict } from "generated/api";
import { useEffect, useRef, useState } from "react";
import { explain } from "../../administration/useApiForm";
import { call } from "../../../shared/api/call";
import { Problem } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Banner, Button, Card, Progress } from "../../../shared/ui";
import { useVerdictWords } from "./useVerdictWords";

/** So often it is asked again while the chain is verified for somebody else. */
const patience = 30;

/** One part of the chain; while it is verified for somebody else, this waits. */
async function verifyPart(cursor: string | undefined, signal: AbortSignal): Promise<AuditVerdict> {
  for (let refused = 1; ; refused++) {
    try {
      return await call("GET /api/v1/audit/verification", { query: cursor === undefined ? {} : { cursor } }, { signal });
    } catch (error) {
      const problem = Problem.from(error);
      if (problem.code !== "verification_running" || refused >= patience) throw problem;
      await new Promise((resolve) => setTimeout(resolve, 1000 * (problem.retryAfter ?? 2)));
      if (signal.aborted) throw problem;
    }
  }
}

/** The server reads every entry and compares all hashes and signed states: with the progress while it runs, and what it found in words. */
export function Verification() {
  const text = useText();
  const format = useFormat();
  const wordsOf = useVerdictWords();
  const [verdict, setVerdict] = useState<AuditVerdict>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const run = useRef<AbortController>();
  useEffect(() => () => run.current?.abort(), []);
  const stop = () => {
    run.current?.abort();
    setBusy(false);
    setVerdict(undefined);
  };
  const verify = async () => {
    const { signal } = (run.current = new AbortController());
    setBusy(true);
    setProblem(undefined);
    setVerdict(undefined);
    try {
      let cursor: string | undefined;
      do {
        const part = await verifyPart(cursor, signal);
        if (signal.aborted) return;
        setVerdict(part);
        cursor = part.nextCursor ?? undefined;
      } while (cursor !== undefined);
    } catch (error) {
      if (signal.aborted) return;
      setProblem(explain(error));
      setVerdict(undefined);
    }
    setBusy(false);
  };
  const isDone = !busy && verdict !== undefined;
  const share = verdict && verdict.total > 0 ? verdict.lastEntry / verdict.total : undefined;
  return (
    <Card
      title={text("admin.proofs.check")}
      actions={busy ? <Button size="small" onClick={stop}>{text("ui.cancel")}</Button> : <Button size="small" kind="primary" icon="shield" onClick={() => void verify()}>{text("admin.proofs.verifyNow")}</Button>}
    >
      <div className="stack">
        <p className="muted">{text("admin.proofs.checkText")}</p>
        {busy && (
          <Progress
            label={text("admin.proofs.checking")} {...(share === undefined ? {} : { value: share })}
            {...(verdict ? { note: text("admin.proofs.checked", { entry: format.number(verdict.lastEntry), total: format.number(verdict.total) }) } : {})}
          />
        )}
        {problem && <Banner tone="danger">{problem}</Banner>}
        {isDone && (
          <Banner tone={verdict.isIntact ? "success" : "danger"}>
            <div className="stack-tight">{wordsOf(verdict).map((words) => <p key={words}>{words}</p>)}</div>
          </Banner>
        )}
      </div>
    </Card>
  );
}
