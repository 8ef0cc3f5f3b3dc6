import { useText } from "../../shared/localization";
import { useAsset, useSites } from "../places";

/** Where it was asked for: the asset, or the site. */
export function usePlaceName(): (at: { siteId: string }) => string {
  const sites = useSites();
  const text = useText();
  return ({ siteId }) => sites.get(siteId)?.name ?? text("orders.level.site_unknown");
}

export function PlaceName({ at }: { at: { siteId: string; assetId?: string | null } }) {
  const name = usePlaceName()(at);
  const asset = useAsset(at.assetId);
  return <bdi>{asset ? `${asset.code} – ${asset.name}` : name}</bdi>;
}
