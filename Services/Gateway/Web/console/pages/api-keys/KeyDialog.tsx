import type { APIKeyRoutesAPIKeyResponse as Key } from "generated/api";
import { useText } from "../../../shared/localization";
import { Banner, Button, CopyButton, Dialog } from "../../../shared/ui";

/** The key itself, once: afterwards nobody can read it, the server has only its hash. */
export function KeyDialog({ made, close }: { made: Key; close: () => void }) {
  const text = useText();
  return (
    <Dialog title={text("admin.keys.made", { name: made.name })} close={close} actions={<Button kind="primary" onClick={close}>{text("admin.keys.kept")}</Button>}>
      <div className="stack">
        <Banner tone="warning">{text("admin.keys.once")}</Banner>
        <div className="admin-secret"><code>{made.key}</code><CopyButton value={made.key ?? ""} words label={text("admin.keys.copy")} /></div>
      </div>
    </Dialog>
  );
}
