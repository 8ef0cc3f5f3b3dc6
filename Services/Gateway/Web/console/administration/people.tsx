import type { UserResponse } from "generated/api";
import { useMemo } from "react";
import { useData } from "../../shared/data";
import { useText } from "../../shared/localization";
import { Link } from "../../shared/router";
import { useMay, useUser } from "../../shared/session/session";
import { Badge, type Tone } from "../../shared/ui";

/** Names of people by their ids, as far as one may see them. */
export function usePeople(): ReadonlyMap<string, UserResponse> {
  const may = useMay();
  const { data } = useData("GET /api/v1/users", may("user:read") ? { query: { limit: 200 } } : null);
  return useMemo(() => new Map(data?.items.map((one) => [one.id, one])), [data]);
}

/** Who it was: a name that leads to the person, or the system. */
export function PersonName({ id }: { id: string | null | undefined }) {
  const text = useText();
  const people = usePeople();
  const may = useMay();
  const self = useUser();
  const known = id ? people.get(id) : undefined;
  // Beyond the first page of people, one is asked for.
  const isMissing = Boolean(id) && !known && people.size > 0 && id !== self.id;
  const { data } = useData("GET /api/v1/users/{id}", id && isMissing && may("user:read") ? { path: { id } } : null);
  if (!id) return <span className="muted">{text("admin.system")}</span>;
  const isErased = known?.isErased ?? data?.isErased;
  const name = isErased ? text("admin.person.erasedName") : known?.displayName ?? data?.displayName ?? (id === self.id ? self.displayName : undefined);
  if (!name) return <code title={id}>{id.slice(0, 8)}</code>;
  return may("user:read") ? <Link to={`/people/${id}`}>{name}</Link> : <span>{name}</span>;
}

type State = "active" | "invited" | "inactive" | "erased";

export const stateOf = (user: UserResponse): State =>
  user.isErased ? "erased" : !user.isActive ? "inactive" : user.isInvited ? "invited" : "active";

const tones: Record<State, Tone> = { active: "success", invited: "info", inactive: "neutral", erased: "danger" };

export function PersonState({ user }: { user: UserResponse }) {
  const text = useText();
  const state = stateOf(user);
  return <Badge tone={tones[state]}>{text(`admin.person.state.${state}`)}</Badge>;
}
