import { useMemo } from "react";
import type { AssetResponse } from "generated/api";
import { useData } from "../../shared/data";
import { useMay } from "../../shared/session/session";
import type { Option, OptionSource } from "../../shared/ui";
import { findAssets as find, useAssets } from "../places";

/** The sites that one may see, to choose from. */
export function useSiteOptions(): Option[] {
  const may = useMay();
  const { data } = useData("GET /api/v1/sites", may("site:read") ? { query: { limit: 200 } } : null);
  return useMemo(() => data?.items.map((site) => ({ value: site.id, label: site.name, hint: site.code })) ?? [], [data]);
}

/** Names of assets, for those that are chosen already. */
export function useAssetOptions(ids: readonly string[]): Option[] {
  const { byId } = useAssets();
  return useMemo(() => ids.flatMap((id) => byId.get(id) ?? []).map(assetOption), [byId, ids]);
}

const assetOption = (one: AssetResponse): Option => ({ value: one.id, label: one.name, hint: one.code });

/** The first assets whose name or code has the words. */
export const findAssets: OptionSource = async (query, signal) => {
  return (await find(query, signal)).map(assetOption);
};
