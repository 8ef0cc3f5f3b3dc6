import { useEffect, useRef, useState } from "react";

const shownFor = 4_000;

/** Escape leaves; so does a button, of which this says whether it is to be seen: after the mouse or a finger has moved, or Tab was pressed. */
export function useExit(leave: () => void): boolean {
  const [isShown, setIsShown] = useState(false);
  const latest = useRef(leave);
  latest.current = leave;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const moved = () => {
      setIsShown(true);
      clearTimeout(timer);
      timer = setTimeout(() => setIsShown(false), shownFor);
    };
    const pressed = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented && document.querySelector("dialog[open]") === null) latest.current();
      else if (event.key === "Tab") moved();
    };
    document.addEventListener("pointermove", moved);
    document.addEventListener("pointerdown", moved);
    document.addEventListener("keydown", pressed);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("pointermove", moved);
      document.removeEventListener("pointerdown", moved);
      document.removeEventListener("keydown", pressed);
    };
  }, []);
  return isShown;
}
