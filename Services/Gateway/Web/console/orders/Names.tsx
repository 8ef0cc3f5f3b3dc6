import { useFormat } from "../../shared/localization/format";
import { useLocalization, useText } from "../../shared/localization";
import { Link } from "../../shared/router";
import { Status, useStatusName } from "../../shared/ui";
import { useAsset, useSites, useZones } from "../places";
import { standing, type WorkOrder } from "./orders";

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

/** Where it stands, in a narrow place: what is cut off is said on hover. */
export function OrderStatus({ order }: { order: WorkOrder }) {
  const { kind, value } = standing(order);
  const name = useStatusName()(kind, value);
  return <span title={name}><Status kind={kind} value={value} /></span>;
}

/** A moment by the clock of the work order's site, which it says on hover. */
export function SiteTime({ order, at, isShort = false }: { order: WorkOrder; at: string | null | undefined; isShort?: boolean }) {
  const format = useFormat();
  const { locale } = useLocalization();
  const zone = useZones()(order.siteId);
  if (!at) return <span className="muted">–</span>;
  const shown = isShort && isNear(at) ? shortOf(locale, zone).format(Date.parse(at)) : isShort ? format.date(at, zone) : format.dateTime(at, zone);
  return <time dateTime={at} title={`${format.dateTime(at, zone)} ${zone.replace(/_/g, " ")}`}>{shown}</time>;
}

/** Within half a year nobody needs to be told which year it is. */
const isNear = (at: string): boolean => Math.abs(Date.parse(at) - Date.now()) < 180 * 86_400_000;

const made = new Map<string, Intl.DateTimeFormat>();

function shortOf(locale: string, zone: string): Intl.DateTimeFormat {
  const key = `${locale} ${zone}`;
  let format = made.get(key);
  if (!format) made.set(key, (format = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZone: zone })));
  return format;
}
