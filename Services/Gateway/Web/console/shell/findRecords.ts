import type { Permission } from "generated/api";
import { call } from "../../shared/api/call";
import type { TextKey } from "../../shared/localization";
import { navigate } from "../../shared/router";
import type { Command } from "../../shared/ui";

type Text = (key: TextKey) => string;

/** Records whose number, code or name fits what somebody types. */
export async function findRecords(words: string, may: (permission: Permission) => boolean, text: Text): Promise<Command[]> {
  if (words.trim().length < 2) return [];
  const found = await Promise.all([
    may("site:read") ? findSites(words, text) : [],
    may("user:read") ? findPeople(words, text) : [],
  ]);
  return found.flat();
}

async function findSites(words: string, text: Text): Promise<Command[]> {
  const { items } = await call("GET /api/v1/sites", { query: { limit: 200 } });
  const wanted = words.toLocaleLowerCase();
  return items
    .filter((site) => `${site.code} ${site.name}`.toLocaleLowerCase().includes(wanted))
    .slice(0, 5)
    .map((site) => ({ key: site.id, group: text("pages.assets"), label: `${site.code} ${site.name}`, icon: "pin", run: () => navigate(`/assets?site=${site.id}`) }));
}

async function findPeople(words: string, text: Text): Promise<Command[]> {
  const { items } = await call("GET /api/v1/users", { query: { search: words, limit: 5 } });
  return items.map((user) => ({ key: user.id, group: text("pages.people"), label: user.displayName, hint: user.email, icon: "user", run: () => navigate(`/people/${user.id}`) }));
}
