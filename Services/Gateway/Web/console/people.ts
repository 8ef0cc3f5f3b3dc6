import { useCallback, useMemo } from "react";
import type { UserResponse } from "generated/api";
import { call } from "../shared/api/call";
import { useData } from "../shared/data";
import { useWhole } from "../shared/data/useWhole";
import { listed, useText } from "../shared/localization";
import { useMay, useUser } from "../shared/session/session";
import type { Option } from "../shared/ui";

export interface Person {
  id: string;
  /** What to show; a word for "somebody" if the person may not be known, or is not known yet. Never an id. */
  name: string;
  isYou: boolean;
  /** Everything about them, if whoever is signed in may read it. */
  user: UserResponse | undefined;
}

/** Everybody whom the signed-in person may see: at least themselves. Erased people are there too, since they have done things. */
export function usePeople(): { people: UserResponse[]; byId: ReadonlyMap<string, UserResponse>; mayRead: boolean; isWhole: boolean } {
  const mayRead = useMay()("user:read");
  const self = useUser();
  const { data, isWhole } = useWhole("GET /api/v1/users", mayRead ? { query: { limit: 200 } } : null);
  return useMemo(() => {
    const byId = new Map([[self.id, self], ...(data?.items ?? []).map((user) => [user.id, user] as const)]);
    return { people: [...byId.values()], byId, mayRead, isWhole: isWhole || !mayRead };
  }, [data, self, mayRead, isWhole]);
}

/** Names of people for lists and stories: one read for all of them. */
export function useNames(): (id: string) => string {
  const { byId } = usePeople();
  const text = useText();
  return useCallback((id: string) => byId.get(id)?.displayName || text("common.somebody"), [byId, text]);
}

/** Who that is. Without the right to read people, everybody but oneself is "somebody". */
export function usePerson(id: string | null | undefined): Person | null {
  const { byId, mayRead, isWhole } = usePeople();
  const self = useUser();
  const text = useText();
  const listed = id ? byId.get(id) : undefined;
  // In a tenant with more people than a list holds.
  const isElsewhere = Boolean(id) && !listed && mayRead && !isWhole;
  const { data } = useData("GET /api/v1/users/{id}", isElsewhere && id ? { path: { id } } : null);
  if (!id) return null;
  const user = listed ?? data;
  return { id, name: user?.displayName || text("common.somebody"), isYou: id === self.id, user };
}

/** Active people whose name or address has these words in it, for `Combobox`. */
export async function findPeople(words: string, signal: AbortSignal): Promise<Option[]> {
  const { items } = await call("GET /api/v1/users", { query: { search: words, status: "active", limit: 50 } }, { signal });
  return items.map((user) => ({ value: user.id, label: user.displayName, hint: listed(user.skills) || user.email }));
}
