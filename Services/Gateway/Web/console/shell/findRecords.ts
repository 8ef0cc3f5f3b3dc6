import type { Permission } from "generated/api";
import { call } from "../../shared/api/call";
import type { TextKey } from "../../shared/localization";
import { navigate } from "../../shared/router";
import type { Command } from "../../shared/ui";

type Text = (key: TextKey) => string;
type Find = (words: string, text: Text, signal: AbortSignal) => Promise<Command[]>;

/** How many of each kind are shown. */
const most = 5;

const finders: { needs: Permission; find: Find }[] = [
  { needs: "site:read", find: findSites },
  { needs: "user:read", find: findPeople },
];

/** Records whose number, code or name fits what somebody types. */
export async function findRecords(words: string, may: (permission: Permission) => boolean, text: Text, signal: AbortSignal): Promise<Command[]> {
  if (words.trim().length < 2) return [];
  const found = await Promise.all(finders.filter(({ needs }) => may(needs)).map(({ find }) => find(words, text, signal)));
  return found.flat();
}

async function findSites(words: string, text: Text, signal: AbortSignal): Promise<Command[]> {
  const { items } = await call("GET /api/v1/sites", { query: { limit: 200 } }, { signal });
  const wanted = words.toLocaleLowerCase();
  return items
    .filter((site) => `${site.code} ${site.name}`.toLocaleLowerCase().includes(wanted))
    .slice(0, most)
    .map(({ id, code, name }) => ({ key: id, group: text("pages.assets"), label: name, hint: code, icon: "pin", run: () => navigate(`/sites/${id}`) }));
}

async function findPeople(words: string, text: Text, signal: AbortSignal): Promise<Command[]> {
  const { items } = await call("GET /api/v1/users", { query: { search: words, limit: most } }, { signal });
  return items.map(({ id, displayName, email }) => ({
    key: id,
    group: text("pages.people"),
    label: displayName,
    hint: email,
    icon: "user",
    run: () => navigate(`/people/${id}`),
  }));
}
