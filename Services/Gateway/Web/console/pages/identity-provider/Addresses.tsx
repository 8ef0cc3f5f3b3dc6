import type { ProviderResponse } from "generated/api";
import { useText } from "../../../shared/localization";
import { Card, CopyButton, KeyValue } from "../../../shared/ui";

/** What has to be entered at the provider. */
export function Addresses({ provider }: { provider: ProviderResponse }) {
  const text = useText();
  const address = (value: string | null | undefined) => value
    ? <span className="admin-address"><code>{value}</code><CopyButton value={value} label={text("admin.idp.copy")} /></span>
    : undefined;
  return (
    <Card title={text("admin.idp.addresses")}>
      <div className="stack">
        <p className="muted">{text("admin.idp.addressesText")}</p>
        <KeyValue
          entries={[
            { label: text("admin.idp.callback"), value: address(provider.callbackUrl) },
            { label: text("admin.idp.logout"), value: address(provider.logoutUrl) },
            { label: text("admin.idp.backchannel"), value: address(provider.backchannelLogoutUrl) },
            { label: text("admin.idp.metadataUrl"), value: address(provider.metadataUrl) },
            { label: text("admin.idp.loginUrl"), value: address(provider.loginUrl) },
            {
              label: text("admin.idp.certificates"),
              value: provider.certificateSha256?.length ? <span className="stack-tight">{provider.certificateSha256.map((one) => <code key={one}>{one}</code>)}</span> : undefined,
            },
          ]}
        />
      </div>
    </Card>
  );
}
