import { useEffect, useRef, useState } from "react";
import { pause, rest } from "../../../shared/data/pause";

/** The time, told every so often while the page is seen, not paused, and does not rest. */
export function useNow(every: number, isRunning = true): number {
  const [now, setNow] = useState(Date.now);
  const isResting = rest.use();
  const isStill = pause.use().isPaused || isResting;
  const told = useRef(now);
  told.current = now;
  useEffect(() => {
    if (!isRunning || isStill) return;
    const tick = () => {
      if (document.visibilityState === "visible") setNow(Date.now());
    };
    // After a pause.
    if (Date.now() - told.current > every) tick();
    const timer = setInterval(tick, every);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [every, isRunning, isStill]);
  return now;
}
