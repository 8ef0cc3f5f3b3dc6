import { useEffect } from "react";
import type { AssetResponse, SiteResponse } from "generated/api";
import { useData, type Problem } from "../../../shared/data";

export interface Plant {
  sites: SiteResponse[];
  assets: AssetResponse[];
  problem: Problem | undefined;
  /** Whether everything has come: until then, a search may not find what is there. */
  isComplete: boolean;
  retry: () => void;
}

const none: never[] = [];

/** The sites that the person may see. */
export function useSites(): SiteResponse[] {
  const sites = useData("GET /api/v1/sites", { query: { limit: 200 } });
  useRest(sites);
  return sites.data?.items ?? none;
}

/** All assets of a site, or of all of them. They come in pages; what has come is shown. */
export function useAssets(siteId: string | null | undefined, isNeeded = true) {
  const assets = useData("GET /api/v1/assets", isNeeded ? { query: { limit: 200, ...(siteId ? { siteId } : {}) } } : null);
  useRest(assets);
  return assets;
}

/** Sites and all their assets. */
export function usePlant(): Plant {
  const sites = useData("GET /api/v1/sites", { query: { limit: 200 } });
  const assets = useAssets(null);
  useRest(sites);
  return {
    sites: sites.data?.items ?? none,
    assets: assets.data?.items ?? none,
    problem: sites.problem ?? assets.problem,
    isComplete: isComplete(sites) && isComplete(assets),
    retry: () => [sites, assets].forEach((one) => one.problem && one.retry()),
  };
}

interface Paged {
  data: { nextCursor?: string | null } | undefined;
  problem: Problem | undefined;
  isLoading: boolean;
  more: () => void;
}

const isComplete = ({ data }: Paged): boolean => data !== undefined && !data.nextCursor;

/** Reads page after page to the end. */
function useRest({ data, problem, isLoading, more }: Paged): void {
  const goesOn = Boolean(data?.nextCursor) && !isLoading && !problem;
  useEffect(() => {
    if (goesOn) more();
  }, [goesOn, more]);
}
