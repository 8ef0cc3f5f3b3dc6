import { useEffect, useRef, useState } from "react";
import { live } from "../../shared/data/live";
import type { Alert } from "./alerts";
import { ring } from "./sound";

/** Rings for new critical alerts, and counts those that came while nobody looked; they stand in the title of the window. */
export function useArrivals(listed: readonly Alert[]): void {
  const known = useRef(new Set<string>());
  const [unseen, setUnseen] = useState(0);
  for (const { id } of listed) known.current.add(id);
  useEffect(
    () =>
      live.follow((kind, record) => {
        const alert = record as Pick<Alert, "id" | "severity" | "status" | "version">;
        // Only its first version is news; what comes later is about one that is known.
        if (kind !== "alerts" || alert.status !== "open" || alert.version !== 1 || known.current.has(alert.id)) return;
        known.current.add(alert.id);
        if (alert.severity === "critical") ring();
        if (!isLookedAt()) setUnseen((count) => count + 1);
      }),
    []
  );
  useEffect(() => {
    const looked = () => {
      if (isLookedAt()) setUnseen(0);
    };
    addEventListener("focus", looked);
    document.addEventListener("visibilitychange", looked);
    return () => {
      removeEventListener("focus", looked);
      document.removeEventListener("visibilitychange", looked);
    };
  }, []);
  useEffect(() => {
    if (unseen === 0) return;
    const before = document.title;
    document.title = `(${unseen}) ${before}`;
    return () => void (document.title = before);
  }, [unseen]);
}

const isLookedAt = (): boolean => document.visibilityState === "visible" && document.hasFocus();
