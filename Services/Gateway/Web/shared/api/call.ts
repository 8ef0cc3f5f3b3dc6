import type { Operations } from "generated/api";
import { session } from "../session/session";
import { Store } from "../store";
import { Problem } from "./Problem";

export type Operation = keyof Operations;
export type Answer<K extends Operation> = Operations[K]["answer"];
type Given<Name extends string, T> = keyof T extends never ? unknown : {} extends T ? { [N in Name]?: T } : { [N in Name]: T };
type WithBody<T> = T extends undefined ? unknown : { body: T };

/** What an operation takes. */
export type Input<K extends Operation> = Given<"path", Operations[K]["path"]> &
  Given<"query", Operations[K]["query"]> &
  WithBody<Operations[K]["body"]>;

export interface CallOptions {
  /** The version that the person saw: the change is refused with 409 if the record has another one now. */
  version?: number;
  signal?: AbortSignal;
  /** Nobody has asked for it, so nobody is asked to sign in for it. */
  isUnasked?: boolean;
  /** One try: for a question of which "it does not answer" is an answer. */
  once?: boolean;
  /** For routes that are open to everybody: it is nobody's session that asks, also where somebody is signed in. */
  isOpen?: boolean;
}

type Untyped = { path?: Record<string, string>; query?: Record<string, unknown>; body?: unknown };

const tries = 4;

/** After how many seconds a change is sent again that got no answer; `null` if all have one. */
export const retrying = new Store<number | null>(null);

/**
 * Calls the API.
 *
 * What passes (no answer, 502, 503, 504) is tried three times more, with growing pauses: a change carries a key, so that it happens once
 * however often it is sent. If the session has ended, the call waits until the person has signed in again, and goes on.
 */
export async function call<K extends Operation>(operation: K, input: Input<K>, options: CallOptions = {}): Promise<Answer<K>> {
  const request = prepare(operation, input as Untyped, options);
  const isChange = request.method !== "GET";
  for (let failed = 0; ; failed++) {
    try {
      const answer = await send(request, options);
      if (isChange) retrying.set(null);
      return answer as Answer<K>;
    } catch (error) {
      const problem = Problem.from(error);
      if (options.signal?.aborted) throw problem;
      if (!options.isUnasked && !options.isOpen && (await session.recovers(problem))) continue;
      // What was offered is not permitted any more: the page learns what is.
      if (problem.code === "permission_missing") void session.refresh();
      if (!problem.isPassing || options.once || failed + 1 >= tries) {
        if (isChange) retrying.set(null);
        throw problem;
      }
      const pause = pauseAfter(failed, problem.retryAfter);
      if (isChange) retrying.set(Math.max(1, Math.round(pause / 1000)));
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** One, two and four seconds, a little more or less, so that not all pages come back at once. */
function pauseAfter(failed: number, retryAfter: number | null): number {
  const pause = 1000 * 2 ** failed * (0.8 + 0.4 * Math.random());
  return retryAfter === null ? pause : Math.max(pause, Math.min(retryAfter, 10) * 1000);
}

interface Prepared {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | Blob | undefined;
}

function prepare(operation: string, input: Untyped, options: CallOptions): Prepared {
  const [method, template] = operation.split(" ") as [string, string];
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(input.path?.[name] ?? ""));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) {
    // Several values are the same name several times.
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined && one !== null && one !== "") query.append(name, String(one));
  }
  const headers: Record<string, string> = { Accept: "application/json" };
  const { body } = input;
  if (body !== undefined) headers["Content-Type"] = body instanceof Blob ? "application/octet-stream" : "application/json";
  if (method !== "GET") headers["Idempotency-Key"] = crypto.randomUUID();
  if (options.version !== undefined) headers["If-Match"] = `"${options.version}"`;
  // A blank as %20: the API reads a plus sign as what it is.
  const text = query.toString().replace(/\+/g, "%20");
  return {
    method,
    url: text === "" ? path : `${path}?${text}`,
    headers,
    body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
  };
}

async function send(request: Prepared, { signal, isOpen = false }: CallOptions): Promise<unknown> {
  const headers = { ...request.headers };
  const token = isOpen ? null : session.csrfToken;
  if (request.method !== "GET" && token !== null) headers["X-CSRF-Token"] = token;
  let response: Response;
  try {
    response = await fetch(request.url, {
      method: request.method,
      headers,
      credentials: isOpen ? "omit" : "same-origin",
      cache: "no-store",
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch {
    throw Problem.unreachable();
  }
  if (!response.ok) throw await Problem.of(response);
  if (response.status === 204) return undefined;
  // Lines of JSON (`application/jsonl`) are text.
  const isJSON = /^application\/(.+\+)?json\b/.test(response.headers.get("Content-Type") ?? "");
  return isJSON ? response.json() : response.text();
}
