import { useMemo } from "react";
import { useWhole } from "../../../shared/data/useWhole";
import { useMay } from "../../../shared/session/session";

export interface TagInfo {
  tag: string;
  unit: string;
  assetIds: string[];
}

/** What is measured anywhere, by name; `isCut`: by more sensors than were read. */
export function useTags(): { tags: TagInfo[]; isCut: boolean } {
  const may = useMay();
  const { data, isCut } = useWhole("GET /api/v1/sensors", may("sensor:read") ? { query: { limit: 200 } } : null, 2_000);
  return useMemo(() => {
    const tags = new Map<string, TagInfo>();
    for (const { tag, unit, assetId } of data?.items ?? []) {
      const known = tags.get(tag);
      if (known) known.assetIds.push(assetId);
      else tags.set(tag, { tag, unit, assetIds: [assetId] });
    }
    return { tags: [...tags.values()].sort((one, other) => (one.tag < other.tag ? -1 : 1)), isCut };
  }, [data, isCut]);
}
