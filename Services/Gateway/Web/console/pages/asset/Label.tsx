import type { AssetResponse } from "generated/api";
import { useText } from "../../../shared/localization";
import { Button, Card, CopyButton } from "../../../shared/ui";
import { QRCode } from "../../../shared/qr/QRCode";

/** A label for the asset: whoever scans it comes to this page. */
export function Label({ asset, siteName }: { asset: AssetResponse; siteName: string }) {
  const text = useText();
  const address = `${location.origin}/assets/${asset.id}`;
  return (
    <Card title={text("plant.label")} actions={<><CopyButton value={address} label={text("plant.copy_address")} /><Button size="small" icon="download" onClick={() => print()}>{text("plant.print")}</Button></>}>
      <div className="plant-label">
        <QRCode value={address} label={text("plant.qr", { name: asset.name })} />
        <div>
          <p><strong>{asset.name}</strong></p>
          <p><code>{asset.siteCode}/{asset.code}</code></p>
          <p className="muted">{siteName}</p>
        </div>
      </div>
    </Card>
  );
}
