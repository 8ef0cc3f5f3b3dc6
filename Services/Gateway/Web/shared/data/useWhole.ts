import { useEffect } from "react";
import { useData, type Input, type Operation, type Shown } from ".";

/**
 * Reads a list to its end, page by page; the pages that are there are shown at once.
 *
 * @returns `isCut`: there is more than was read.
 * @param most No more than about this many: a page that needs more has to ask for less.
 */
export function useWhole<K extends Operation>(operation: K, input: Input<K> | null, most = 1_000): Shown<K> & { isWhole: boolean; isCut: boolean } {
  const shown = useData(operation, input);
  const pages = shown.data as { items?: unknown[]; nextCursor?: string | null } | undefined;
  const loaded = pages?.items?.length ?? 0;
  const hasMore = Boolean(pages?.nextCursor);
  const { more, isLoading, problem } = shown;
  useEffect(() => {
    if (hasMore && loaded < most && !isLoading && !problem) more();
  }, [hasMore, loaded, most, isLoading, problem, more]);
  return { ...shown, isWhole: pages !== undefined && !hasMore, isCut: hasMore && loaded >= most };
}
