import { call } from "../../shared/api/call";
import { change, Problem } from "../../shared/data";
import { cache } from "../../shared/data/cache";
import { session } from "../../shared/session/session";
import { Store } from "../../shared/store";
import { fieldsOf, kindOf, largest, mostFiles, partSize, sha256, type Attachment, type Subject } from "./attachment";

/** Why a file is not even begun. */
export type Unfit = "empty" | "too_large" | "type" | "too_many" | "unreadable";

/** A file on its way to the server. It goes on while the person looks at other pages. */
export interface Upload {
  key: string;
  order: string;
  task: string | null;
  file: File;
  subject: Subject;
  /** `queued`: others are before it; `waiting`: the server has asked for a pause. */
  phase: "queued" | "preparing" | "sending" | "waiting" | "checking" | "failed";
  /** Bytes that have come. */
  sent: number;
  problem?: Problem | Unfit;
  /** The announced file, when it is. */
  id?: string;
  /** It answers a task, which is recorded when it has come. */
  isAnswer: boolean;
}

export const uploads = new Store<readonly Upload[]>([]);
const aborts = new Map<string, AbortController>();
const followers = new Map<string, (file: Attachment) => void>();

/** So many at a time: a phone has one radio. */
const abreast = 2;
/** Requests that come too fast are refused for a while (429): so many pauses are made. */
const mostPauses = 30;

let made = 0;

interface Destination {
  order: string;
  task: string | null;
  subject: Subject;
  count: number;
  /** What is done with each when it has come, also after the page was left. */
  done?: (file: Attachment) => void;
}

/** Begins to upload files. What can't be attached is told at once. */
export function upload(files: Iterable<File>, to: Destination): void {
  let count = to.count + uploads.get().filter((one) => one.order === to.order && one.id === undefined).length;
  for (const file of files) {
    made += 1;
    const one: Upload = { key: `upload ${made}`, order: to.order, task: to.task, subject: to.subject, file, phase: "queued", sent: 0, isAnswer: to.done !== undefined };
    if (to.done) followers.set(one.key, to.done);
    const unfit: Unfit | undefined = file.size === 0 ? "empty" : file.size > largest ? "too_large" : count >= mostFiles ? "too_many" : undefined;
    count += 1;
    uploads.set([...uploads.get(), unfit ? { ...one, phase: "failed", problem: unfit } : one]);
  }
  next();
}

/** Goes on with one that has failed: only what is missing is sent. */
export function resume(key: string): void {
  set(key, { phase: "queued" }, ["problem"]);
  next();
}

/** Takes it back, with the parts that have come. */
export async function cancel(key: string): Promise<void> {
  const one = find(key);
  aborts.get(key)?.abort();
  forget(key);
  if (one?.id) await change("DELETE /api/v1/workorders/{id}/attachments/{attachment}", { path: { id: one.order, attachment: one.id } }).catch(() => undefined);
}

const find = (key: string): Upload | undefined => uploads.get().find((one) => one.key === key);
function forget(key: string): void {
  followers.delete(key);
  uploads.set(uploads.get().filter((one) => one.key !== key));
}

const isRunning = ({ phase }: Upload): boolean => phase !== "queued" && phase !== "failed";

function set(key: string, values: Partial<Upload>, without: readonly (keyof Upload)[] = []): void {
  uploads.set(uploads.get().map((one) => (one.key === key ? { ...(Object.fromEntries(Object.entries(one).filter(([name]) => !without.includes(name as keyof Upload))) as unknown as Upload), ...values } : one)));
}

function next(): void {
  const all = uploads.get();
  const waiting = all.find(({ phase }) => phase === "queued");
  if (!waiting || all.filter(isRunning).length >= abreast) return;
  void run(waiting.key);
  next();
}

async function run(key: string): Promise<void> {
  const abort = new AbortController();
  aborts.set(key, abort);
  try {
    const file = await send(key, abort.signal);
    const order = find(key)?.order;
    // It is among the files before it is no longer on its way.
    if (order) await cache.entry("GET /api/v1/workorders/{id}/attachments", { path: { id: order } }).read();
    const follower = followers.get(key);
    forget(key);
    if (file) follower?.(file);
  } catch (error) {
    if (!abort.signal.aborted) set(key, { phase: "failed", problem: typeof error === "string" ? (error as Unfit) : Problem.from(error) });
  } finally {
    aborts.delete(key);
    next();
  }
}

async function send(key: string, signal: AbortSignal): Promise<Attachment | undefined> {
  set(key, { phase: "preparing" });
  const one = find(key);
  if (!one) return undefined;
  const { order, file } = one;
  // A phone can take a file away again while it waits.
  const [kind, hash] = await Promise.all([kindOf(file), sha256(file)]).catch(() => Promise.reject("unreadable"));
  if (kind === null) return Promise.reject("type");
  const body = { name: nameOf(file), size: file.size, sha256: hash, kind, ...fieldsOf(one.subject), ...(one.task ? { taskId: one.task } : {}) };
  const announced = await patiently(key, signal, async () => await begun(one, hash) ?? change("POST /api/v1/workorders/{id}/attachments", { path: { id: order }, body }, { signal }));
  set(key, { id: announced.id });
  const path = { id: order, attachment: announced.id };
  for (;;) {
    const { parts } = await patiently(key, signal, () => call("GET /api/v1/workorders/{id}/attachments/{attachment}", { path }, { signal }));
    await sendMissing(key, path, file, new Set(parts ?? []), signal);
    set(key, { phase: "checking" });
    const complete = () => change("POST /api/v1/workorders/{id}/attachments/{attachment}/complete", { path }, { signal });
    try {
      return await patiently(key, signal, complete);
    } catch (error) {
      // A part can get lost in the store: it is sent again.
      if (Problem.from(error).code !== "parts_missing") throw error;
    }
  }
}

async function sendMissing(key: string, path: { id: string; attachment: string }, file: File, there: Set<number>, signal: AbortSignal): Promise<void> {
  const count = Math.ceil(file.size / partSize);
  const sizeOf = (part: number) => Math.min(partSize, file.size - (part - 1) * partSize);
  let sent = [...there].reduce((sum, part) => sum + sizeOf(part), 0);
  set(key, { phase: "sending", sent });
  for (let part = 1; part <= count; part++) {
    if (there.has(part)) continue;
    const body = file.slice((part - 1) * partSize, part * partSize);
    await patiently(key, signal, () => call("PUT /api/v1/workorders/{id}/attachments/{attachment}/parts/{part}", { path: { ...path, part: String(part) as "1" }, body }, { signal }));
    sent += sizeOf(part);
    set(key, { phase: "sending", sent });
  }
}

/** Whoever uploads much is asked to be slower, which is no failure. */
async function patiently<T>(key: string, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  for (let pauses = 0; ; pauses++) {
    try {
      return await act();
    } catch (error) {
      const problem = Problem.from(error);
      if (problem.status !== 429 || pauses >= mostPauses || signal.aborted) throw problem;
      set(key, { phase: "waiting" });
      await new Promise((resolve) => setTimeout(resolve, 1_000 * Math.min(problem.retryAfter ?? 5, 60)));
    }
  }
}

/** The same file, announced before and not complete: by this page, or before it was loaded anew. */
async function begun(one: Upload, hash: string): Promise<Attachment | undefined> {
  const { items } = await call("GET /api/v1/workorders/{id}/attachments", { path: { id: one.order } });
  const state = session.state.get();
  const self = state.phase === "signed_in" ? state.user.id : "";
  const isOpen = (file: Attachment) => (file.state === "uploading" || file.state === "unscanned") && file.createdBy === self && file.sha256 === hash && file.size === one.file.size;
  return items.find((file) => isOpen(file) && (one.id === file.id || !uploads.get().some((other) => other.id === file.id)));
}

const nameOf = (file: File): string => [...file.name.replace(/[\u0000-\u001f\u007f]/g, " ").trim()].slice(0, 255).join("") || "file";

addEventListener("beforeunload", (event) => {
  if (uploads.get().some(({ phase }) => phase !== "failed")) event.preventDefault();
});

/** What has failed for want of a connection goes on with it. */
addEventListener("online", () => {
  for (const { key, phase, problem } of uploads.get()) if (phase === "failed" && problem instanceof Problem && problem.status === 0) resume(key);
});
