import { useEffect, useState } from "react";

/** A number that changes with the theme and the pixels of the screen: for drawings that do not follow by themselves. */
export function useTheme(): number {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const changed = () => setTurn((now) => now + 1);
    const watcher = new MutationObserver(changed);
    watcher.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "class"] });
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const pixels = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    dark.addEventListener("change", changed);
    pixels.addEventListener("change", changed);
    return () => {
      watcher.disconnect();
      dark.removeEventListener("change", changed);
      pixels.removeEventListener("change", changed);
    };
  }, [turn]);
  return turn;
}
