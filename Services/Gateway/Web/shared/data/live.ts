import type { Permission } from "generated/api";
import { isInUse, noteUse, watchEnd } from "../session/ending";
import { session } from "../session/session";
import { Store } from "../store";
import { cache } from "./cache";
import { pause, rest, setPaused, setWaiting } from "./pause";
import { toldPartly, type LiveKind, type LiveRecord } from "./records";

/** Whether the page is told what happens. `away`: since when it is not, and nobody knows what it has missed. */
export type LiveState = { phase: "connecting" } | { phase: "live" } | { phase: "away"; since: number };

type Happening = Extract<Message, { type: "event" | "deleted" }>;
type Message =
  | { type: "subscribed"; cursor?: string }
  | { type: "event"; kind: LiveKind; id: string; version?: number; data?: LiveRecord; cursor?: string }
  | { type: "deleted"; kind: LiveKind; id: string; cursor?: string }
  | { type: "reset"; cursor?: string }
  | { type: "cursor" | "refused" | "closed"; cursor?: string };

const permissions: [LiveKind, Permission][] = [
  ["workorders", "workorder:read"],
  ["alerts", "alert:read"],
  ["alert-rules", "alert-rule:read"],
  ["notifications", "notification:read"],
  ["assets", "asset:read"],
  ["sites", "site:read"],
  ["sensors", "sensor:read"],
  ["predictions", "prediction:read"],
];

/** The gateway tells when more or fewer records can be seen, and nothing of other permissions. So the page asks from time to time. */
const askPause = 15_000;
/** How often those who follow nothing ask whether they may do more now. */
const idlePause = 10_000;
/** A page changes no more often than this (milliseconds): nobody reads faster, and the rest of the time is for whoever types and scrolls. */
const restBetweenChanges = 100;
const hiddenPause = 250;
/** More records than this that have changed during a pause are not kept: then all is read anew. */
const mostHeld = 500;
/** How often the page looks for what has to be read again. */
const lookPause = 1_000;
/** A pause this long says that the machine has slept. */
const sleepsAfter = 15_000;

/** Follows what happens, over one WebSocket, and puts it where it is shown. */
class Live {
  readonly state = new Store<LiveState>({ phase: "connecting" });
  private socket: WebSocket | null = null;
  private cursor: string | undefined;
  private waiting: Message[] = [];
  private appliedAt = 0;
  private failed = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastTick = Date.now();
  private isStarted = false;
  /** What has happened during a pause, the newest of each record. */
  private held = new Map<string, Happening>();
  /** During a pause, anything may have happened. */
  private isAllHeld = false;
  /** What the connection follows. */
  private kinds = "";

  private followers = new Set<(kind: LiveKind, record: LiveRecord) => void>();

  /** Tells of records at the moment they change, for what a page says aloud. Lists follow by themselves. */
  follow(follower: (kind: LiveKind, record: LiveRecord) => void): () => void {
    this.followers.add(follower);
    return () => void this.followers.delete(follower);
  }

  start(): void {
    if (this.isStarted) return;
    this.isStarted = true;
    watchEnd();
    this.connect();
    session.state.watch(() => this.followOther());
    addEventListener("online", () => this.connectNow());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return;
      if (rest.get()) noteUse();
      else this.wake();
    });
    rest.watch(() => {
      if (!rest.get()) this.wake();
    });
    setInterval(() => {
      if (isInUse()) void session.refresh();
    }, askPause);
    setInterval(() => {
      if (isInUse() && !rest.get() && !pause.get().isPaused) cache.readAgain();
    }, lookPause);
    setInterval(() => {
      const now = Date.now();
      // A socket that slept looks open and is not.
      if (now - this.lastTick > sleepsAfter) this.socket?.close();
      this.lastTick = now;
    }, 5_000);
  }

  /** Somebody comes back to the page. */
  private wake(): void {
    this.connectNow();
    void session.refresh();
    cache.wake();
  }

  /** Lists and charts keep what they show, until ``resume``. What the person changes is shown all the same. */
  pause(): void {
    setPaused(true);
  }

  /** Shows all that has happened. */
  resume(): void {
    if (!pause.get().isPaused) return;
    const held = [...this.held.values()];
    setPaused(false);
    this.held.clear();
    for (const happening of held) this.show(happening);
    if (this.isAllHeld) cache.expireAll();
    this.isAllHeld = false;
  }

  /** The person has made this change, and it is shown: nobody has to be told of it after a pause. */
  forget(kind: LiveKind, { id, version }: LiveRecord): void {
    const held = this.held.get(`${kind} ${id}`);
    if (held?.type !== "event" || (held.version ?? 0) > (version ?? 0)) return;
    this.held.delete(`${kind} ${id}`);
    if (!this.isAllHeld && this.held.size === 0) setWaiting(false);
  }

  private connect(): void {
    // A connection needs a token that is valid, and a new one is given for the asking. Whoever comes back connects.
    if (rest.get()) return;
    this.kinds = kindsOf();
    if (this.kinds === "") {
      this.state.set({ phase: "live" });
      this.timer = setTimeout(() => void session.refresh().then(() => this.connectNow()), idlePause);
      return;
    }
    const query = new URLSearchParams({ kinds: this.kinds });
    if (this.cursor !== undefined) query.set("cursor", this.cursor);
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws?${query}`);
    this.socket = socket;
    socket.onmessage = ({ data }) => this.receive(JSON.parse(data as string) as Message);
    socket.onclose = ({ code }) => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.lose(code);
    };
  }

  /** The person may see other kinds of records now. */
  private followOther(): void {
    if (this.socket !== null && kindsOf() !== this.kinds) this.socket.close();
  }

  private connectNow(): void {
    if (this.socket !== null) return;
    clearTimeout(this.timer);
    this.connect();
  }

  private lose(code: number): void {
    if (this.state.get().phase !== "away") this.state.set({ phase: "away", since: Date.now() });
    // What may be seen has changed, or the session has: the page is read anew, and whoever may not any more is told why.
    if (code === 4403 || (code === 4401 && !rest.get())) void session.load().catch(() => undefined);
    const pause = Math.min(30_000, 1_000 * 2 ** this.failed) * (0.5 + Math.random() / 2);
    this.failed++;
    this.timer = setTimeout(() => this.connect(), pause);
  }

  private receive(message: Message): void {
    if (this.waiting.length === 0) {
      // Many at once become one change of the page. What comes alone is shown with the next frame.
      const pause = document.visibilityState === "visible" ? Math.max(0, this.appliedAt + restBetweenChanges - performance.now()) : hiddenPause;
      if (pause === 0) requestAnimationFrame(() => this.apply());
      else setTimeout(() => this.apply(), pause);
    }
    this.waiting.push(message);
  }

  private apply(): void {
    const messages = this.waiting;
    this.waiting = [];
    this.appliedAt = performance.now();
    const newest = new Map<string, Happening>();
    for (const message of messages) {
      if (message.type === "subscribed" || message.type === "reset") {
        this.failed = 0;
        // Without a cursor nobody knows what happened before.
        if (pause.get().isPaused) this.isAllHeld ||= this.cursor === undefined || message.type === "reset";
        else if (this.cursor === undefined || message.type === "reset") cache.expireAll();
        if (message.type === "reset") setWaiting(pause.get().isPaused);
        // One reason for a reset is that the person may do more or less now.
        if (message.type === "reset") void session.refresh();
        this.state.set({ phase: "live" });
      } else if (message.type === "event" || message.type === "deleted") {
        newest.set(`${message.kind} ${message.id}`, message);
      }
      this.cursor = message.cursor ?? this.cursor;
    }
    for (const message of newest.values()) {
      if (pause.get().isPaused) this.hold(message);
      else this.show(message);
      // A pause is for the eyes: a critical alert is heard all the same.
      if (message.type === "event" && message.data) for (const follower of this.followers) follower(message.kind, message.data);
    }
  }

  private show(message: Happening): void {
    if (message.type === "deleted") cache.tell(message.kind, message.id, null);
    else if (message.data) cache.tell(message.kind, message.id, message.data, toldPartly.has(message.kind) ? "partly" : "whole");
    else cache.expire(message.kind);
  }

  private hold(message: Happening): void {
    // The person's own change comes back.
    if (message.type === "event" && cache.shows(message.kind, message.id, message.version)) return;
    if (this.held.size >= mostHeld) {
      this.held.clear();
      this.isAllHeld = true;
    }
    if (!this.isAllHeld) this.held.set(`${message.kind} ${message.id}`, message);
    setWaiting(true);
  }
}

function kindsOf(): string {
  const state = session.state.get();
  if (state.phase !== "signed_in") return "";
  return permissions.filter(([, permission]) => state.user.permissions?.includes(permission)).map(([kind]) => kind).join(",");
}

export const live = new Live();
