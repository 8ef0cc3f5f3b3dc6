import { useEffect, useRef, useState } from "react";
import { pause } from "../../../shared/data/pause";

/** The time, told every so often while the page is seen and not paused. */
export function useNow(every: number, isRunning = true): number {
  const [now, setNow] = useState(Date.now);
  const { isPaused } = pause.use();
  const told = useRef(now);
  told.current = now;
  useEffect(() => {
    if (!isRunning || isPaused) return;
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
  }, [every, isRunning, isPaused]);
  return now;
}
