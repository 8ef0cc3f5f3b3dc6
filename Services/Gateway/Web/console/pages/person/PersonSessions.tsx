import type { UserResponse } from "generated/api";
import { SessionsCard } from "../../administration/SessionsCard";
import { change, useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";

/** Where somebody else is signed in: for a phone that is lost, or a person who has left. */
export function PersonSessions({ user }: { user: UserResponse }) {
  const text = useText();
  const path = { id: user.id };
  const name = user.displayName;
  return (
    <SessionsCard
      title={text("admin.sessions.of", { name })} shown={useData("GET /api/v1/users/{id}/sessions", { path })}
      endOne={(one) => change("DELETE /api/v1/users/{id}/sessions/{session}", { path: { ...path, session: one.id } })}
      endAll={() => change("DELETE /api/v1/users/{id}/sessions", { path })}
      words={{ endAll: text("admin.act.sessions"), askAll: text("admin.act.ask.sessions", { name }), allText: text("admin.act.text.sessions") }}
    />
  );
}
