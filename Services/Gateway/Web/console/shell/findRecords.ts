import type { Permission, SiteResponse } from "generated/api";
import { call } from "../../shared/api/call";
import { Problem } from "../../shared/api/Problem";
import { text, type TextKey } from "../../shared/localization";
import { navigate } from "../../shared/router";
import type { Command, IconName } from "../../shared/ui";

/** How many of each kind are shown. */
const most = 5;
/** What the API takes as words. */
const longest = 100;

export interface Sources {
  may: (permission: Permission) => boolean;
  text: (key: TextKey) => string;
  /** Of these there are few: the page has them all. */
  sites: Iterable<SiteResponse>;
}

interface Found { id: string; label: string; hint: string }
interface Finder {
  needs: Permission;
  group: TextKey;
  icon: IconName;
  path: string;
  find: (words: string, sources: Sources, signal: AbortSignal) => Promise<Found[]>;
}

/** One try each: whoever types on asks anew anyway. */
const once = (signal: AbortSignal) => ({ signal, once: true });

const finders: Finder[] = [
  {
    needs: "workorder:read", group: "pages.work_orders", icon: "wrench", path: "/work-orders",
    find: async (q, _, signal) =>
      (await call("GET /api/v1/workorders", { query: { q, limit: most } }, once(signal))).items.map(({ id, number, title }) => ({ id, label: title, hint: number })),
  },
  {
    needs: "procedure:read", group: "pages.templates", icon: "copy", path: "/templates",
    find: async (q, _, signal) =>
      (await call("GET /api/v1/workorders/templates", { query: { q, limit: most } }, once(signal))).items.map(({ id, name, version }) => ({ id, label: name, hint: text("orders.template.version", { version }) })),
  },
  {
    needs: "asset:read", group: "app.commands.assets", icon: "tree", path: "/assets",
    find: async (q, _, signal) =>
      (await call("GET /api/v1/assets", { query: { q, limit: most } }, once(signal))).items.map(({ id, code, name, siteCode }) => ({ id, label: `${code} – ${name}`, hint: siteCode })),
  },
  {
    needs: "site:read", group: "app.commands.sites", icon: "pin", path: "/sites",
    find: async (words, { sites }) => {
      const wanted = words.toLocaleLowerCase().split(/\s+/);
      const fits = ({ code, name }: SiteResponse) => wanted.every((word) => `${code} ${name}`.toLocaleLowerCase().includes(word));
      return [...sites].filter(fits).slice(0, most).map(({ id, code, name }) => ({ id, label: name, hint: code }));
    },
  },
  {
    needs: "user:read", group: "pages.people", icon: "user", path: "/people",
    find: async (search, _, signal) => {
      // Nobody looks for who is erased, and nothing is left of them but what was put in its place.
      const { items } = await call("GET /api/v1/users", { query: { search, limit: 50 } }, once(signal));
      return items.filter(({ isErased }) => !isErased).slice(0, most).map(({ id, displayName, email }) => ({ id, label: displayName, hint: email }));
    },
  },
];

/** Records whose number, title, code or name has these words in it. What one kind refuses takes nothing from the others. */
export async function findRecords(typed: string, sources: Sources, signal: AbortSignal): Promise<Command[]> {
  const words = typed.trim().slice(0, longest);
  if (words.length < 2) return [];
  const asked = finders.filter(({ needs }) => sources.may(needs));
  const answers = await Promise.allSettled(asked.map((finder) => finder.find(words, sources, signal)));
  const failed = answers.find((answer) => answer.status === "rejected");
  const found = answers.flatMap((answer, index) => {
    const finder = asked[index];
    if (answer.status === "rejected" || !finder) return [];
    const { group, icon, path } = finder;
    return answer.value.map(({ id, label, hint }) => ({ key: id, group: sources.text(group), label, hint, icon, run: () => navigate(`${path}/${id}`) }));
  });
  if (failed?.status === "rejected" && found.length === 0) throw Problem.from(failed.reason);
  return found;
}
