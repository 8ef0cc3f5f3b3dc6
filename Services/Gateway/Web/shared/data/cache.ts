import { call, type Answer, type Input, type Operation } from "../api/call";
import { Problem } from "../api/Problem";
import { Store } from "../store";
import { rest } from "./pause";
import { kindChangedBy, newer, readAgainAfter, readBeside, recordsOf, textIn, type LiveKind, type LiveRecord, type Query } from "./records";

/** What is known of one read. */
export interface Reading<K extends Operation> {
  data: Answer<K> | undefined;
  problem: Problem | undefined;
  isLoading: boolean;
}

interface Pages {
  items: LiveRecord[];
  nextCursor?: string | null;
}

/** How long something that nobody shows is kept: the way back to it is instant. */
const keptFor = 5 * 60_000;
/** A list is not read more often than this, however much happens. */
const pauseBetweenReads = 2_000;
/** What the gateway does not tell of is read anew by whoever comes back to it after this time. */
const freshFor = 5_000;

/** How much is known of a record that has changed: all of it, some of its members, or what is hoped for. */
export type Told = "whole" | "partly" | "provisionally";

/** One read, whoever shows it. */
export class Entry<K extends Operation = Operation> {
  readonly state = new Store<Reading<K>>({ data: undefined, problem: undefined, isLoading: false });
  private watchers = 0;
  private isStale = true;
  private begunAt = 0;
  private pending: ReturnType<typeof setTimeout> | undefined;
  private run = 0;
  private isReading = false;
  unusedSince = Date.now();

  constructor(readonly operation: K, readonly input: Input<K>) {}

  /** While somebody watches, the entry is kept up to date. */
  watch(): () => void {
    if (this.watchers++ === 0 && !recordsOf[this.operation] && Date.now() - this.begunAt > freshFor) this.isStale = true;
    this.refreshIfStale();
    return () => {
      this.watchers--;
      this.unusedSince = Date.now();
    };
  }

  get isWatched(): boolean {
    return this.watchers > 0;
  }

  /** What is shown may be old. It is read anew as soon as somebody sees it. */
  expire(): void {
    this.isStale = true;
    if (this.isWatched) this.refreshIfStale();
  }

  /** What nobody has read yet is not shown as empty. */
  private get rests(): boolean {
    return rest.get() && this.state.get().data !== undefined;
  }

  private refreshIfStale(): void {
    if (!this.isStale || this.pending !== undefined || this.rests) return;
    const pause = Math.max(0, this.begunAt + pauseBetweenReads - Date.now());
    if (pause === 0) return void this.read();
    this.pending = setTimeout(() => {
      this.pending = undefined;
      if (this.isWatched) this.refreshIfStale();
    }, pause);
  }

  /** Reads what has become old while the page rested. */
  wake(): void {
    if (this.isWatched) this.refreshIfStale();
  }

  /** Reads again what the gateway does not tell of, if it is time: a long list more seldom than a short one. */
  readIfDue(): void {
    const after = readAgainAfter[this.operation];
    const { data, isLoading } = this.state.get();
    if (after === undefined || data === undefined || isLoading || this.isReading || !this.isWatched) return;
    const pages = Math.max(1, (this.pages?.items.length ?? 0) / 100);
    if (Date.now() - this.begunAt >= after * pages) void this.read(true);
  }

  /**
   * Reads from the beginning, as many pages as are shown.
   *
   * @param isUnasked Nobody has asked for it: nothing shows that it is read, and what is the same is not drawn again.
   */
  async read(isUnasked = false): Promise<void> {
    const run = ++this.run;
    this.isStale = false;
    this.isReading = true;
    this.begunAt = Date.now();
    if (!isUnasked) this.state.set({ ...this.state.get(), isLoading: true });
    try {
      const shown = this.pages?.items.length ?? 0;
      let data = await call(this.operation, this.input, { isUnasked });
      while (isPages(data) && data.nextCursor && data.items.length < shown) data = join(data, await this.page(data.nextCursor, isUnasked)) as Answer<K>;
      const before = this.state.get();
      data = this.atLeast(data);
      const isSame = isUnasked && before.problem === undefined && JSON.stringify(data) === JSON.stringify(before.data);
      if (run === this.run && !isSame) this.state.set({ data, problem: undefined, isLoading: false });
    } catch (error) {
      const problem = Problem.from(error);
      // What was shown stays: old is better than nothing, and the problem says that it is old. Whoever has to sign in is asked elsewhere.
      if (run === this.run && !(isUnasked && problem.status === 401)) this.state.set({ ...this.state.get(), problem, isLoading: false });
    } finally {
      if (run === this.run) this.isReading = false;
    }
  }

  /** What was read, or what was told meanwhile, if that is newer: an answer can be on its way for longer than a change takes. */
  private atLeast(read: Answer<K>): Answer<K> {
    const best = (record: LiveRecord): LiveRecord => {
      const known = this.shown(record.id);
      return known?.version !== undefined && record.version !== undefined && known.version > record.version ? known : record;
    };
    const shape = recordsOf[this.operation]?.shape;
    if (shape === "one") return best(read as LiveRecord) as Answer<K>;
    if (shape !== "list" || !isPages(read)) return read;
    const pages: Pages = read;
    return { ...pages, items: pages.items.map(best) } as Answer<K>;
  }

  /** Reads the next page of a list. */
  async readMore(): Promise<void> {
    const pages = this.pages;
    const run = this.run;
    if (!pages?.nextCursor || this.state.get().isLoading) return;
    this.state.set({ ...this.state.get(), isLoading: true });
    try {
      const more = await this.page(pages.nextCursor);
      if (run !== this.run) return;
      this.state.set({ data: join(this.pages ?? pages, more) as Answer<K>, problem: undefined, isLoading: false });
    } catch (error) {
      if (run === this.run) this.state.set({ ...this.state.get(), problem: Problem.from(error), isLoading: false });
    }
  }

  private get pages(): Pages | undefined {
    const { data } = this.state.get();
    return isPages(data) ? data : undefined;
  }

  private page(cursor: string, isUnasked = false): Promise<unknown> {
    const input = this.input as { query?: object };
    return call(this.operation, { ...input, query: { ...input.query, cursor } } as unknown as Input<K>, { isUnasked });
  }

  /** Puts a record into what is shown; `null`: it is gone. Whether the entry is right afterwards; otherwise it has to be read anew. */
  put(id: string, record: LiveRecord | null, how: Told = "whole"): boolean {
    const state = this.state.get();
    const described = recordsOf[this.operation];
    if (described?.shape === "one") {
      if ((this.input as { path?: { id?: string } }).path?.id !== id) return true;
      if (record === null || state.data === undefined) return false;
      const known = state.data as LiveRecord;
      const next = choose(known, record, how);
      if (next !== known) this.state.set({ ...state, data: next as Answer<K> });
      return next === known || how !== "partly";
    }
    const pages = this.pages;
    if (!pages) return false;
    let isRight = true;
    const items = [...pages.items];
    const place = items.findIndex((item) => item.id === id);
    const known = items[place];
    if (record === null) {
      if (!known) return true;
      items.splice(place, 1);
    } else {
      const next = known ? choose(known, record, how) : record;
      const fits = described?.fits?.((this.input as { query?: Query }).query ?? {}, next) ?? null;
      if (known) {
        if (next === known) return true;
        // It stays in its place until the server says otherwise: a page that sorts does so by itself.
        if (fits === false && how !== "provisionally") items.splice(place, 1);
        else {
          items[place] = next;
          isRight = how !== "partly";
        }
      } else {
        if (fits === false || how === "provisionally") return true;
        if (fits === null || how === "partly") return false;
        const query = (this.input as { query?: Query }).query ?? {};
        const rankOf = (one: LiveRecord) => described?.orderedBy?.(query, one) ?? textIn(one, "createdAt");
        const at = items.findIndex((item) => rankOf(item) < rankOf(next));
        const last = items[items.length - 1];
        // What comes after all that is loaded comes with its page. Of equals nobody knows here which is first.
        if (at < 0 && pages.nextCursor && last && rankOf(last) !== rankOf(next)) return true;
        items.splice(at < 0 ? items.length : at, 0, next);
      }
    }
    this.state.set({ ...state, data: { ...pages, items } as Answer<K> });
    return isRight;
  }

  /** Members of a record that only reads have, if it is shown here in this version. */
  putBeside(id: string, version: number, members: object): void {
    const known = this.shown(id);
    if (known?.version === version) this.put(id, { ...members, id } as LiveRecord, "provisionally");
  }

  /** The record as it is shown here. */
  shown(id: string): LiveRecord | undefined {
    if (recordsOf[this.operation]?.shape !== "one") return this.pages?.items.find((item) => item.id === id);
    const record = this.state.get().data as LiveRecord | undefined;
    return record?.id === id ? record : undefined;
  }

  /** Takes back what was shown provisionally, unless something newer has come. */
  restore(before: LiveRecord): void {
    const now = this.shown(before.id);
    if (now && (now.version ?? 0) <= (before.version ?? 0)) this.put(before.id, before, "provisionally");
  }
}

function choose(known: LiveRecord, told: LiveRecord, how: Told): LiveRecord {
  if (how === "provisionally") return { ...known, ...told };
  const next = newer(known, told);
  if (next === known) return known;
  return { ...(how === "partly" ? known : besides(known)), ...told };
}

const besides = (record: LiveRecord): object => Object.fromEntries(Object.entries(record).filter(([name]) => readBeside.has(name)));

function isPages(data: unknown): data is Pages {
  return typeof data === "object" && data !== null && Array.isArray((data as Partial<Pages>).items);
}

function join(pages: Pages, more: unknown): Pages {
  if (!isPages(more)) return pages;
  const known = new Set(pages.items.map((item) => item.id));
  return { ...more, items: [...pages.items, ...more.items.filter((item) => !known.has(item.id))] };
}

/** Everything that the page has read. */
class Cache {
  private entries = new Map<string, Entry>();

  entry<K extends Operation>(operation: K, input: Input<K>): Entry<K> {
    const key = `${operation} ${stable(input)}`;
    let entry = this.entries.get(key);
    if (!entry) {
      this.forget();
      entry = new Entry<Operation>(operation, input as Input<Operation>);
      this.entries.set(key, entry);
    }
    return entry as unknown as Entry<K>;
  }

  /** What somebody, somewhere, has changed. */
  tell(kind: LiveKind, id: string, record: LiveRecord | null, how: Told = "whole"): void {
    for (const entry of this.of(kind)) {
      const shape = recordsOf[entry.operation]?.shape;
      if (shape === "about" || !entry.put(id, record, how)) entry.expire();
    }
  }

  /** What was read of a record beside what is told of it. */
  tellBeside(kind: LiveKind, id: string, version: number, members: object): void {
    for (const entry of this.of(kind)) entry.putBeside(id, version, members);
  }

  /** Shows a change before the server has answered. The function takes it back. */
  foresee(kind: LiveKind, id: string, change: Partial<LiveRecord> & object): () => void {
    const before = this.of(kind).map((entry) => ({ entry, record: entry.shown(id) }));
    for (const { entry, record } of before) if (record) entry.put(id, { ...change, id } as LiveRecord, "provisionally");
    return () => {
      for (const { entry, record } of before) if (record) entry.restore(record);
    };
  }

  /**
   * Something of this kind has changed: lists may have another order or length.
   *
   * @param isTold The record has been told as well: what shows it as it is is right already.
   */
  expire(kind: string, isTold = false): void {
    for (const entry of this.entries.values()) {
      const described = recordsOf[entry.operation];
      if (isTold && described?.kind === kind && (described.shape === "one" || described.fits)) continue;
      if (described?.kind === kind || kindChangedBy(entry.operation) === kind) entry.expire();
    }
  }

  /** Whether the record is shown in this version, or a newer one. */
  shows(kind: LiveKind, id: string, version: number | undefined): boolean {
    return version !== undefined && this.of(kind).some((entry) => (entry.shown(id)?.version ?? -1) >= version);
  }

  /** Reads again what the gateway does not tell of. */
  readAgain(): void {
    for (const entry of this.entries.values()) entry.readIfDue();
  }

  /** Somebody uses the page again. */
  wake(): void {
    for (const entry of this.entries.values()) entry.wake();
  }

  /** Anything may have changed. */
  expireAll(): void {
    for (const entry of this.entries.values()) entry.expire();
  }

  private of(kind: LiveKind): Entry[] {
    return [...this.entries.values()].filter((entry) => recordsOf[entry.operation]?.kind === kind);
  }

  /** So that a page that is open for weeks does not grow. */
  private forget(): void {
    const limit = Date.now() - keptFor;
    for (const [key, entry] of this.entries) {
      if (!entry.isWatched && entry.unusedSince < limit) this.entries.delete(key);
    }
  }
}

/** The same text for the same values, in whatever order they were written. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).filter(([, v]) => v !== undefined && v !== "").sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner
  );
}

export const cache = new Cache();
