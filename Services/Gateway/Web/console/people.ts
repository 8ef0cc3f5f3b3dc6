import { useCallback, useMemo } from "react";
import type { UserResponse } from "generated/api";
import { call } from "../shared/api/call";
import { useData } from "../shared/data";
import { useWhole } from "../shared/data/useWhole";
import { listed, useText } from "../shared/localization";
import { useMay, useUser } from "../shared/session/session";
import type { Option } from "../shared/ui";
import { askedNames } from "./names";

export interface Person {
  id: string;
  /** What to show; a word for "somebody" if there is nobody, or nobody known yet. Never an id. */
  name: string;
  isYou: boolean;
  /** Everything about them, if whoever is signed in may read it. */
  user: UserResponse | undefined;
}

/**
 * Everybody whom the signed-in person may see: at least themselves. Erased people are there too, since they have done things.
 *
 * @returns `isRead`: whoever is not there now is not among the people who are listed.
 */
export function usePeople(): { people: UserResponse[]; byId: ReadonlyMap<string, UserResponse>; mayRead: boolean; isWhole: boolean; isRead: boolean } {
  const mayRead = useMay()("user:read");
  const self = useUser();
  const { data, isWhole, isCut } = useWhole("GET /api/v1/users", mayRead ? { query: { limit: 200 } } : null);
  return useMemo(() => {
    const byId = new Map([[self.id, self], ...(data?.items ?? []).map((user) => [user.id, user] as const)]);
    return { people: [...byId.values()], byId, mayRead, isWhole: isWhole || !mayRead, isRead: isWhole || isCut || !mayRead };
  }, [data, self, mayRead, isWhole, isCut]);
}

/** Names of people for lists and stories: one read for all of them. Also of those whom the signed-in person may not read, since they are referred to. */
export function useNames(): (id: string) => string {
  const { byId, isRead } = usePeople();
  const asked = askedNames.known.use();
  const text = useText();
  return useCallback(
    (id: string) => {
      const known = byId.get(id) ?? asked.get(id);
      if (!known && isRead) askedNames.want(id);
      // Who was erased has no name any more: the server says so in English.
      return known?.isErased ? text("admin.person.erasedName") : known?.displayName || text("common.somebody");
    },
    [byId, isRead, asked, text]
  );
}

/** Who that is. What is more than a name is there only for whom the signed-in person may read. */
export function usePerson(id: string | null | undefined): Person | null {
  const { byId, mayRead, isWhole } = usePeople();
  const self = useUser();
  const nameOf = useNames();
  const listed = id ? byId.get(id) : undefined;
  // In a tenant with more people than a list holds.
  const isElsewhere = Boolean(id) && !listed && mayRead && !isWhole;
  const { data } = useData("GET /api/v1/users/{id}", isElsewhere && id ? { path: { id } } : null);
  return id ? { id, name: nameOf(id), isYou: id === self.id, user: listed ?? data } : null;
}

/** Active people whose name or address has these words in it, for `Combobox`. */
export async function findPeople(words: string, signal: AbortSignal): Promise<Option[]> {
  const { items } = await call("GET /api/v1/users", { query: { search: words, status: "active", limit: 50 } }, { signal });
  return items.map((user) => ({ value: user.id, label: user.displayName, hint: listed(user.skills) || user.email }));
}
