import { useEffect } from "react";
import { call } from "../../shared/api/call";
import { cache } from "../../shared/data/cache";
import { live } from "../../shared/data/live";
import { pause } from "../../shared/data/pause";
import { useLevels } from "./levels";

/** Of more than these that have changed, all that is shown is read anew. */
const most = 20;

/**
 * The gateway tells work orders without their clocks, which follow from more than the work order. Those of one that has changed are read, as long as a page shows them:
 * a list is not read anew for each.
 */
export function useFreshClocks(): void {
  const { isPromised } = useLevels();
  useEffect(() => {
    if (!isPromised) return;
    const waiting = new Set<string>();
    let isReading = false;
    let isOver = false;
    const readAll = async () => {
      if (isReading) return;
      isReading = true;
      while (!isOver && !pause.get().isPaused && waiting.size > 0) {
        if (waiting.size > most) {
          waiting.clear();
          cache.expire("workorders");
          break;
        }
        const [id = ""] = waiting;
        waiting.delete(id);
        try {
          const { version, serviceLevel } = await call("GET /api/v1/workorders/{id}", { path: { id } }, { isUnasked: true });
          cache.tellBeside("workorders", id, version, { serviceLevel: serviceLevel ?? null });
        } catch {
          // It may be gone. What is shown of it is read with its list.
        }
      }
      isReading = false;
    };
    const unfollow = live.follow((kind, { id }) => {
      if (kind !== "workorders" || !cache.shows("workorders", id, 0)) return;
      waiting.add(id);
      void readAll();
    });
    const unwatch = pause.watch(() => void readAll());
    return () => {
      isOver = true;
      unfollow();
      unwatch();
    };
  }, [isPromised]);
}
