import { useState } from "react";
import { download } from "../../../shared/ui/download";
import { useText } from "../../../shared/localization";
import { Banner, Button, Checkbox, CopyButton, Dialog } from "../../../shared/ui";

/** Shown once: nobody can read them again, the server has only their hashes. */
export function RecoveryCodes({ codes, close }: { codes: string[]; close: () => void }) {
  const text = useText();
  const [isKept, setIsKept] = useState(false);
  const words = codes.join("\n");
  const leave = () => { if (isKept) close(); };
  return (
    <Dialog
      title={text("admin.codes.title")} close={leave}
      actions={<Button kind="primary" disabledReason={isKept ? undefined : text("admin.codes.keepFirst")} onClick={close}>{text("admin.codes.done")}</Button>}
    >
      <div className="stack">
        <Banner tone="warning">{text("admin.codes.text")}</Banner>
        <ul className="admin-codes" aria-label={text("admin.codes.title")}>{codes.map((code) => <li key={code}><code>{code}</code></li>)}</ul>
        <div className="row">
          <CopyButton value={words} words label={text("admin.codes.copy")} />
          <Button icon="download" onClick={() => download(`${words}\n`, "dcmms-recovery-codes.txt", "text/plain")}>{text("admin.codes.download")}</Button>
        </div>
        <Checkbox label={text("admin.codes.kept")} value={isKept} onChange={setIsKept} />
      </div>
    </Dialog>
  );
}
