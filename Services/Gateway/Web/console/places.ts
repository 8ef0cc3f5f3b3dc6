import { useCallback, useMemo } from "react";
import type { AssetResponse, SiteResponse } from "generated/api";
import { call } from "../shared/api/call";
import { useData, type Problem } from "../shared/data";
import { useWhole } from "../shared/data/useWhole";
import { useLocalization } from "../shared/localization";
import { useMay } from "../shared/session/session";

/** The sites that the person may see, by id. */
export const useSites = (): ReadonlyMap<string, SiteResponse> => useSiteList().sites;

function useSiteList() {
  const may = useMay()("site:read");
  const { data, isWhole, isCut, problem, retry } = useWhole("GET /api/v1/sites", may ? { query: { limit: 200 } } : null, 5_000);
  const sites: ReadonlyMap<string, SiteResponse> = useMemo(() => new Map((data?.items ?? []).map((site) => [site.id, site])), [data]);
  return { sites, isWhole: isWhole || !may, isCut, problem, retry };
}

/** The portfolios of the sites that the person may see, by their names. */
export function usePortfolios(): string[] {
  const sites = useSites();
  return useMemo(() => [...new Set([...sites.values()].flatMap(({ portfolio }) => portfolio ?? []))].sort((one, other) => one.localeCompare(other)), [sites]);
}

/** No more sites than this can be asked for at once. */
export const mostSites = 100;

/** The sites that a page is about: all of them, one, or those of a portfolio. */
export interface Scope {
  /** One of them is empty, or both: then it is about all sites. */
  site: string;
  portfolio: string;
  /** What reads are narrowed by. `null`: nothing is read, since it is not known yet which sites these are, or they can't be asked for. */
  query: { siteId?: string[] } | null;
  /** It changes with `query`. */
  key: string;
  /** Why these sites can't be asked for. */
  refusal: "unknown" | "too_many" | null;
  /** Why it is not known which sites these are. */
  problem: Problem | undefined;
  retry: () => void;
  has: (siteId: string) => boolean;
  /** The path of a page that is about the same sites. */
  link: (path: string) => string;
}

/** What `?site=` and `?portfolio=` choose. */
export function useScope({ site, portfolio: asked }: { site: string; portfolio: string }): Scope {
  const { sites, isWhole, isCut, problem, retry } = useSiteList();
  const portfolio = site === "" ? asked : "";
  return useMemo((): Scope => {
    const has = (id: string) => (portfolio !== "" ? sites.get(id)?.portfolio === portfolio : site === "" || id === site);
    const ids = portfolio === "" ? [site].filter(Boolean) : [...sites.keys()].filter(has).sort();
    const refusal = portfolio === "" ? null : isCut || ids.length > mostSites ? "too_many" : isWhole && ids.length === 0 ? "unknown" : null;
    // Some of a portfolio would look like all of it.
    const isKnown = portfolio === "" || (isWhole && refusal === null);
    const search = site !== "" ? `site=${site}` : portfolio !== "" ? `portfolio=${encodeURIComponent(portfolio)}` : "";
    return {
      site, portfolio, refusal, has, retry,
      query: !isKnown ? null : ids.length === 0 ? {} : { siteId: ids },
      key: isKnown ? ids.join() : "-",
      problem: isKnown || refusal !== null ? undefined : problem,
      link: (path) => (search === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${search}`),
    };
  }, [site, portfolio, sites, isWhole, isCut, problem, retry]);
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
