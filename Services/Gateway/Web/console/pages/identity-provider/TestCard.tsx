import type { IdentityProviderRoutesTestResponse as Result, ProviderResponse } from "generated/api";
import { useState } from "react";
import { explain } from "../../administration/useApiForm";
import { call } from "../../../shared/api/call";
import { useLocalization, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Problem } from "../../../shared/data";
import { Banner, Button, Card, English, KeyValue } from "../../../shared/ui";

/** Asks the provider now, and says in words what came of it. */
export function TestCard({ provider }: { provider: ProviderResponse }) {
  const text = useText();
  const format = useFormat();
  const { language } = useLocalization();
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<{ answer: Result; at: number } | { fault: string; detail: string | undefined }>();
  const test = async () => {
    setBusy(true);
    try {
      setResult({ answer: await call("POST /api/v1/tenant/identity-provider/test", {}, { once: true }), at: Date.now() });
    } catch (error) {
      const problem = Problem.from(error);
      // What a provider answered is for the one who configures it; it comes in English only.
      setResult({ fault: explain(problem), detail: language === "en" && problem.status !== 0 ? problem.document.detail : undefined });
    } finally {
      setBusy(false);
    }
  };
  const answer = result && "answer" in result ? result.answer : undefined;
  return (
    <Card title={text("admin.idp.test")} actions={<Button icon="play" busy={busy} onClick={() => void test()}>{text("admin.idp.runTest")}</Button>}>
      <div className="stack" aria-live="polite">
        {!result && <p className="muted">{text("admin.idp.testText")}</p>}
        {result && "fault" in result && <Banner tone="danger"><strong>{text("admin.idp.testFailed")}</strong> {result.fault} {result.detail && <English>{result.detail}</English>}</Banner>}
        {answer && result && "at" in result && (
          <>
            <Banner tone="success">{text("admin.idp.testRight", { time: format.time(result.at) })}</Banner>
            <KeyValue
              entries={[
                { label: text("admin.idp.authorization"), value: answer.authorizationEndpoint },
                { label: text("admin.idp.token"), value: answer.tokenEndpoint || undefined },
                { label: text("admin.idp.endSession"), value: answer.endSessionEndpoint ?? text("admin.idp.noEndSession") },
                { label: text("admin.idp.keys"), value: format.number(answer.keys) },
                { label: text("admin.idp.pkce"), value: provider.kind === "saml" ? undefined : text(answer.announcesPkce ? "admin.yes" : "admin.idp.pkceNo") },
              ]}
            />
          </>
        )}
      </div>
    </Card>
  );
}
