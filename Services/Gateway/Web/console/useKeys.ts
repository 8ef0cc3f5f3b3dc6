import { useLayoutEffect, useRef } from "react";
import { Store } from "../shared/store";

const storageKey = "dcmms.letter-keys";

/** Whether pages take single letters. Who dictates, or touches keys by mistake, switches them off (WCAG 2.1.4), on this device. */
export const letterKeys = new Store<boolean>(localStorage.getItem(storageKey) !== "off");

export function switchLetterKeys(on: boolean): void {
  localStorage.setItem(storageKey, on ? "on" : "off");
  letterKeys.set(on);
}

const typing = "input, textarea, select, [contenteditable], dialog, [role=menu]";

/** Keys of a page: single letters, wherever the focus is, but not while something is typed or a dialog is open. */
export function useKeys(keys: Record<string, ((event: KeyboardEvent) => void) | undefined>): void {
  const latest = useRef(keys);
  latest.current = keys;
  // Before anybody sees the page: who types ahead is heard.
  useLayoutEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.key.length === 1 && !letterKeys.get()) return;
      const target = event.target instanceof Element ? event.target : null;
      // A box that is ticked takes no letters.
      const isTyping = target?.closest(typing) && !target.matches("input[type=checkbox], input[type=radio]");
      if (isTyping || document.querySelector("dialog[open]")) return;
      const act = latest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!act) return;
      event.preventDefault();
      act(event);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}
