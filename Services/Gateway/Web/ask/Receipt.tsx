import { useEffect, useState } from "react";
import { Problem } from "../shared/api/Problem";
import { problemText } from "../shared/api/problemText";
import { useText } from "../shared/localization";
import { useFormat } from "../shared/localization/format";
import { Banner } from "../shared/ui/Banner";
import { Button } from "../shared/ui/Button";
import { CopyButton } from "../shared/ui/CopyButton";
import { Spinner } from "../shared/ui/Spinner";
import { readAsked, type Asked } from "./public";
import { useUploads } from "./uploads";

/** That it has come, what has become of it, and how to see that later. */
export function Receipt({ at, again }: { at: { token: string; receipt: string }; again: () => void }) {
  const text = useText();
  const format = useFormat();
  const [asked, setAsked] = useState<Asked>();
  const [problem, setProblem] = useState<Problem>();
  const uploads = useUploads();
  const photos = uploads.of(at.receipt);
  const failed = photos.filter(({ phase }) => phase === "failed");
  const isSending = photos.some(({ phase }) => phase === "sending" || phase === "waiting");
  const read = () => {
    setProblem(undefined);
    readAsked(at).then(setAsked, (error: unknown) => setProblem(Problem.from(error)));
  };
  useEffect(read, [at.token, at.receipt]);
  // Whoever leaves now leaves pictures behind.
  useEffect(() => {
    if (!isSending) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", stay);
    return () => removeEventListener("beforeunload", stay);
  }, [isSending]);
  return (
    <>
      <h1>{text("ask.received")}</h1>
      {asked && <Banner tone={asked.state === "declined" ? "info" : "success"}>{text(`ask.state.${asked.state}`)}</Banner>}
      {asked && <p>{text("ask.received_at", { time: format.dateTime(asked.createdAt) })}{asked.decidedAt && <> {text("ask.decided_at", { time: format.dateTime(asked.decidedAt) })}</>}</p>}
      {!asked && !problem && <div className="ask-wait"><Spinner label={text("ui.loading")} /></div>}
      {problem && <Banner tone="danger" action={<Button onClick={read}>{text("ui.retry")}</Button>}>{problem.status === 404 || problem.status === 400 ? text("ask.unknown") : problemText(problem)}</Banner>}
      <div role="status">
        {isSending && <Banner tone="info">{text("ask.photos_sending", { sent: photos.filter(({ phase }) => phase === "sent").length, all: photos.length })}</Banner>}
        {!isSending && photos.length > 0 && failed.length === 0 && <Banner tone="success">{text("ask.photos_sent")}</Banner>}
      </div>
      {!isSending && failed[0]?.problem && <Banner tone="danger" action={<Button onClick={() => uploads.again(at)}>{text("ui.retry")}</Button>}>{text("ask.photos_failed", { count: failed.length, why: problemText(failed[0].problem) })}</Banner>}
      <p>{text("ask.keep")}</p>
      <div className="row"><CopyButton value={location.href} words label={text("ask.copy")} /><Button onClick={again}>{text("ask.again")}</Button></div>
    </>
  );
}
