import { call } from "../shared/api/call";
import { Store } from "../shared/store";

/** As much as one request takes. */
const atOnce = 200;

type Known = ReadonlyMap<string, { displayName: string; isErased: boolean }>;

/**
 * Names of people who are no more than referred to: whoever may not read people still sees who has issued a permit. All that one drawing of a page
 * wants is asked for in one request, and each id once.
 */
class AskedNames {
  readonly known = new Store<Known>(new Map());
  private asked = new Set<string>();
  private wanted: string[] = [];

  want(id: string): void {
    if (this.asked.has(id)) return;
    this.asked.add(id);
    if (this.wanted.push(id) === 1) queueMicrotask(() => void this.ask());
  }

  private async ask(): Promise<void> {
    const wanted = this.wanted;
    this.wanted = [];
    for (let at = 0; at < wanted.length; at += atOnce) {
      const ids = wanted.slice(at, at + atOnce);
      try {
        const { people } = await call("POST /api/v1/users/names", { body: { ids } }, { isUnasked: true });
        this.known.set(new Map([...this.known.get(), ...people.map((one) => [one.id, one] as const)]));
      } catch {
        // They stay nameless until the page is drawn anew.
        for (const id of ids) this.asked.delete(id);
      }
    }
  }
}

export const askedNames = new AskedNames();
