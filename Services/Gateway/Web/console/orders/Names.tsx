import { useFormat } from "../../shared/localization/format";
import { useText } from "../../shared/localization";
import { Link } from "../../shared/router";
import { useAsset, useSites, useZones } from "../places";
import type { WorkOrder } from "./orders";

/** The asset by code and name, with its site's code in front. */
export function AssetName({ order, linked = false }: { order: WorkOrder; linked?: boolean }) {
  const text = useText();
  const asset = useAsset(order.assetId);
  const site = useSites().get(order.siteId);
  const code = asset?.code ?? text("orders.asset_unknown");
  return (
    <span className="orders-asset" title={asset ? `${asset.name} – ${site?.name ?? asset.siteCode}` : undefined}>
      {linked && asset ? <Link to={`/assets/${order.assetId}`}>{code}</Link> : <span>{code}</span>}
      {" "}<span className="muted">{site?.code ?? asset?.siteCode ?? ""}</span>
    </span>
  );
}

/** A moment by the clock of the work order's site, which it says on hover. */
export function SiteTime({ order, at }: { order: WorkOrder; at: string | null | undefined }) {
  const format = useFormat();
  const zone = useZones()(order.siteId);
  if (!at) return <span className="muted">–</span>;
  return <time dateTime={at} title={`${format.dateTime(at, zone)} ${zone.replace(/_/g, " ")}`}>{format.dateTime(at, zone)}</time>;
}
