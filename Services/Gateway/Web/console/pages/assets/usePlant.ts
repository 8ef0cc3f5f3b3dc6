import type { AssetResponse, SiteResponse } from "generated/api";
import { useData, type Problem } from "../../../shared/data";
import { useMay } from "../../../shared/session/session";
import { useWhole } from "../../../shared/data/useWhole";

/** More assets than one console shows at once. */
const most = 50_000;
const none: never[] = [];

export interface Plant {
  sites: SiteResponse[];
  assets: AssetResponse[];
  problem: Problem | undefined;
  /** Whether everything has come: until then, a search may not find what is there. */
  isWhole: boolean;
  retry: () => void;
}

/** The sites that the person may see. */
export const useSites = (): SiteResponse[] => useSiteList().data?.items ?? none;

function useSiteList() {
  const may = useMay()("site:read");
  const list = useWhole("GET /api/v1/sites", may ? { query: { limit: 200 } } : null, most);
  return { ...list, isWhole: list.isWhole || !may };
}

/** A site, by a read of its own if the list has not come so far. */
export function useSite(id: string | undefined): SiteResponse | undefined {
  return useData("GET /api/v1/sites/{id}", id ? { path: { id } } : null).data;
}

/** All assets of a site. */
export const useAssets = (siteId: string | null) => useWhole("GET /api/v1/assets", siteId ? { query: { limit: 200, siteId } } : null, most);

/** Sites and all their assets. They come in pages; what has come is shown. */
export function usePlant(): Plant {
  const sites = useSiteList();
  const assets = useWhole("GET /api/v1/assets", { query: { limit: 200 } }, most);
  return {
    sites: sites.data?.items ?? none,
    assets: assets.data?.items ?? none,
    problem: sites.problem ?? assets.problem,
    isWhole: sites.isWhole && assets.isWhole,
    retry: () => [sites, assets].forEach((one) => one.problem && one.retry()),
  };
}
