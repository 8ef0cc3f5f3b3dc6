import { useMemo } from "react";
import { call, type Answer } from "../../shared/api/call";
import { useData } from "../../shared/data";
import { useMay } from "../../shared/session/session";
import type { Option, OptionSource } from "../../shared/ui";

/** The sites that one may see, to choose from. */
export function useSiteOptions(): Option[] {
  const may = useMay();
  const { data } = useData("GET /api/v1/sites", may("site:read") ? { query: { limit: 200 } } : null);
  return useMemo(() => data?.items.map((site) => ({ value: site.id, label: site.name, hint: site.code })) ?? [], [data]);
}

/** Names of assets, for those that are chosen already. */
export function useAssetOptions(ids: readonly string[]): Option[] {
  const may = useMay();
  const { data } = useData("GET /api/v1/assets", ids.length > 0 && may("asset:read") ? { query: { limit: 200 } } : null);
  return useMemo(() => (data?.items ?? []).map((one) => assetOption(one)), [data]);
}

const assetOption = (one: Answer<"GET /api/v1/assets">["items"][number]): Option => ({ value: one.id, label: one.name, hint: one.code });

/** The first assets whose name or code has the words. */
export const findAssets: OptionSource = async (query, signal) => {
  const { items } = await call("GET /api/v1/assets", { query: { limit: 200 } }, { signal });
  const words = query.toLowerCase();
  return items.filter((one) => `${one.name} ${one.code}`.toLowerCase().includes(words)).slice(0, 50).map(assetOption);
};
