import type { NewRequestLinkResponse } from "generated/api";
import { useText } from "../../shared/localization";
import { QRCode } from "../../shared/qr/QRCode";
import { Banner, Button, CopyButton, Dialog } from "../../shared/ui";
import { addressOf } from "./requests";

/** The sign to hang up. The server keeps no code that it could show again. */
export function Sign({ made: { link, token }, close }: { made: NewRequestLinkResponse; close: () => void }) {
  const text = useText();
  const address = addressOf(token);
  return (
    <Dialog
      title={text("orders.request.sign")} close={close} focus={[".ui-button-primary"]}
      actions={<><CopyButton value={address} words label={text("orders.request.copy")} /><Button onClick={close}>{text("ui.close")}</Button><Button kind="primary" icon="download" onClick={() => print()}>{text("orders.print.print")}</Button></>}
    >
      <div className="stack">
        <Banner tone="warning">{text("orders.request.once")}</Banner>
        <div className="request-sign">
          <p className="request-sign-title">{text("ask.title")}</p>
          <p className="request-sign-place" dir="auto">{link.label}</p>
          <QRCode value={address} label={text("orders.request.qr", { place: link.label })} />
          <p>{text("orders.request.sign_text")}</p>
        </div>
      </div>
    </Dialog>
  );
}
