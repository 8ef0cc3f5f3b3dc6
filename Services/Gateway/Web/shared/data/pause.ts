import { Store } from "../store";

/** Whether the page keeps what it shows, and whether something has changed since. */
export interface PauseState {
  isPaused: boolean;
  isWaiting: boolean;
}

/** Of the tab, as long as it is open. */
const storageKey = "dcmms.paused";

export const pause = new Store<PauseState>({ isPaused: sessionStorage.getItem(storageKey) === "yes", isWaiting: false });

export function setPaused(isPaused: boolean): void {
  if (isPaused) sessionStorage.setItem(storageKey, "yes");
  else sessionStorage.removeItem(storageKey);
  pause.set({ isPaused, isWaiting: false });
}

/**
 * Whether the page rests: its session ends when nobody uses it, and nobody does, or has said that they stay. What the page asks by itself would keep the session,
 * so it asks for nothing until somebody comes back.
 */
export const rest = new Store(false);

/** Something that is not shown has changed. It is said once: a number that counts would move by itself. */
export function setWaiting(isWaiting: boolean): void {
  const { isPaused } = pause.get();
  if (isWaiting !== pause.get().isWaiting) pause.set({ isPaused, isWaiting });
}
