import { useCallback, useMemo } from "react";
import type { AssetResponse, SiteResponse } from "generated/api";
import { call } from "../shared/api/call";
import { useData } from "../shared/data";
import { useWhole } from "../shared/data/useWhole";
import { useLocalization } from "../shared/localization";
import { useMay } from "../shared/session/session";

/** The sites that the person may see, by id. */
export function useSites(): ReadonlyMap<string, SiteResponse> {
  const may = useMay();
  const { data } = useWhole("GET /api/v1/sites", may("site:read") ? { query: { limit: 200 } } : null);
  return useMemo(() => new Map((data?.items ?? []).map((site) => [site.id, site])), [data]);
}

/** The assets that the person may see, by id: the first thousand of them, which lists show without a read for each row. */
export function useAssets(): { byId: ReadonlyMap<string, AssetResponse>; isWhole: boolean; isCut: boolean } {
  const may = useMay();
  const { data, isWhole, isCut } = useWhole("GET /api/v1/assets", may("asset:read") ? { query: { limit: 200 } } : null);
  return useMemo(() => ({ byId: new Map((data?.items ?? []).map((asset) => [asset.id, asset])), isWhole, isCut }), [data, isWhole, isCut]);
}

export function useAsset(id: string | null | undefined): AssetResponse | undefined {
  const may = useMay();
  const { byId, isWhole } = useAssets();
  const listed = id ? byId.get(id) : undefined;
  // In a plant with more assets than a list holds.
  const isElsewhere = Boolean(id) && !listed && !isWhole && may("asset:read");
  const { data } = useData("GET /api/v1/assets/{id}", isElsewhere && id ? { path: { id } } : null);
  return listed ?? data;
}

/** Assets whose code or name has the words, by the server: however many there are. */
export async function findAssets(words: string, signal: AbortSignal, siteId?: string): Promise<AssetResponse[]> {
  const q = words.trim();
  const { items } = await call("GET /api/v1/assets", { query: { ...(q === "" ? {} : { q }), ...(siteId ? { siteId } : {}), limit: 50 } }, { signal });
  return items;
}

/** The time zone of a site; the person's own while it is not known. */
export function useZones(): (siteId: string) => string {
  const sites = useSites();
  const { zone } = useLocalization();
  return useCallback((siteId: string) => sites.get(siteId)?.timeZone ?? zone, [sites, zone]);
}
