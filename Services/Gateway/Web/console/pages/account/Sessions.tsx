import { SessionsCard } from "../../administration/SessionsCard";
import { change, useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";

/** Where one is signed in. */
export function Sessions() {
  const text = useText();
  const end = (id: string) => change("DELETE /api/v1/auth/sessions/{id}", { path: { id } });
  return (
    <SessionsCard
      title={text("admin.sessions.title")} shown={useData("GET /api/v1/auth/sessions", {})} endOne={(one) => end(one.id)}
      endAll={async (others) => { for (const one of others) await end(one.id); }}
      words={{ endAll: text("admin.sessions.endOthers"), askAll: text("admin.sessions.askOthers"), allText: text("admin.sessions.text") }}
    />
  );
}
