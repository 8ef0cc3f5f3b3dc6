import { rest } from "../data/pause";
import { Store } from "../store";
import { session, type Ends } from "./session";

/** How long before its end (milliseconds) somebody is told: long enough to come back to the page and to read it. */
const notice = 2 * 60_000;
/** Nobody asks for a page that nobody uses: that would keep a session alive that should end when it is idle. */
const restsAfter = 5 * 60_000;
/** So long after the end nobody doubts it, whatever the clocks say. */
const lateness = 3_000;

/** How many seconds are left of the session; `null` while there are many. */
export const secondsLeft = new Store<number | null>(null);

/** Whether somebody who is there can put the end off. */
export const canBePutOff = (ends: Ends): boolean => ends.at < ends.latest;

let lastUsed = Date.now();
/** What has ended, as far as the page knows: the gateway was asked. */
let ended: Ends | null = null;

/** Somebody sees the page and does something with it. */
export const isInUse = (): boolean => document.visibilityState === "visible" && Date.now() - lastUsed < restsAfter;

/** Somebody does something with the page. It rests on while it asks whether they stay: only their answer counts then. */
export function noteUse(): void {
  lastUsed = Date.now();
  if (rest.get()) look();
}

/** Looks once a second how near the end is. */
export function watchEnd(): void {
  for (const kind of ["pointerdown", "pointermove", "wheel", "keydown"]) addEventListener(kind, noteUse, { passive: true, capture: true });
  // Of the window: a dialog takes the focus by itself.
  addEventListener("focus", noteUse);
  session.ends.watch(look);
  setInterval(look, 1_000);
  look();
}

function look(): void {
  const ends = session.ends.get();
  const left = ends === null || ends === ended ? Infinity : ends.at - Date.now();
  if (ends && left < -lateness) {
    // Another page may have put it off, and could not tell. Otherwise the person is asked to sign in again.
    ended = ends;
    void session.load().catch(() => undefined);
  }
  const isNear = left <= notice;
  secondsLeft.set(isNear ? Math.max(0, Math.ceil(left / 1_000)) : null);
  rest.set(ends !== null && canBePutOff(ends) && (isNear || Date.now() - lastUsed >= restsAfter));
}
