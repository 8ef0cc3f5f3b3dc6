import { useFormat } from "../../shared/localization/format";
import { useText } from "../../shared/localization";
import { Link } from "../../shared/router";
import { useAsset, useSites, useZones } from "../places";

/** An asset by its code, which leads to it; its name on hover. */
export function AssetLink({ id, withName = false }: { id: string; withName?: boolean }) {
  const text = useText();
  const asset = useAsset(id);
  if (!asset) return <span className="muted">{text("watch.asset_unknown")}</span>;
  return <Link to={`/assets/${id}`} title={`${asset.name} – ${asset.siteCode}`}>{withName ? `${asset.code} – ${asset.name}` : asset.code}</Link>;
}

export function SiteLink({ id }: { id: string }) {
  const site = useSites().get(id);
  return site ? <Link to={`/sites/${id}`} title={site.name}>{site.code}</Link> : <span className="muted">–</span>;
}

/** A moment by the clock of the site, which it says on hover. */
export function SiteTime({ site, at, relative = false }: { site: string; at: string | null | undefined; relative?: boolean }) {
  const format = useFormat();
  const zone = useZones()(site);
  if (!at) return <span className="muted">–</span>;
  return (
    <time dateTime={at} title={`${format.dateTime(at, zone)} ${zone.replace(/_/g, " ")}`}>
      {relative ? format.relative(at) : format.dateTime(at, zone)}
    </time>
  );
}

/** An asset's code alone. */
export function AssetCode({ id }: { id: string }) {
  return <>{useAsset(id)?.code ?? "–"}</>;
}
