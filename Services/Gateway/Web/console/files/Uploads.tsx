import { Problem } from "../../shared/data";
import { problemText } from "../../shared/api/problemText";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Banner, Button, IconButton, Progress } from "../../shared/ui";
import { largest, mostFiles } from "./attachment";
import { cancel, resume, type Upload } from "./upload";

/** Files on their way: how far they are, and what is in the way. */
export function Uploads({ running }: { running: readonly Upload[] }) {
  const text = useText();
  if (running.length === 0) return null;
  return <ul className="file-uploads" aria-label={text("orders.file.uploads")}>{running.map((one) => <li key={one.key}><Line upload={one} /></li>)}</ul>;
}

function Line({ upload }: { upload: Upload }) {
  const text = useText();
  const format = useFormat();
  const { key, file, phase, sent, problem } = upload;
  if (phase === "failed") {
    // What can't be attached is not tried again.
    const isFinal = typeof problem === "string" && problem !== "unreadable";
    const why = problem instanceof Problem ? problemText(problem) : text(`orders.file.unfit.${problem ?? "unreadable"}`, { size: format.bytes(largest), most: mostFiles });
    return (
      <Banner
        tone="danger"
        action={
          <span className="row">
            {!isFinal && <Button size="small" icon="refresh" onClick={() => resume(key)}>{text("orders.file.resume")}</Button>}
            <IconButton size="small" icon="close" label={text(isFinal ? "orders.file.dismiss" : "orders.file.cancel", { name: file.name })} onClick={() => void cancel(key)} />
          </span>
        }
      >
        <strong><bdi>{file.name}</bdi></strong> {why}
      </Banner>
    );
  }
  const note = phase === "sending" ? text("orders.file.sent", { sent: format.bytes(sent), size: format.bytes(file.size) }) : text(`orders.file.phase.${phase}`);
  return (
    <div className="file-upload">
      <Progress label={file.name} note={note} {...(phase === "preparing" || phase === "checking" ? {} : { value: sent / file.size })} />
      <IconButton size="small" icon="close" label={text("orders.file.cancel", { name: file.name })} onClick={() => void cancel(key)} />
    </div>
  );
}
