import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { hasText, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Button, Card, ChangeList, EmptyState, ErrorState, Skeleton, Timeline, useStatusName } from "../../../shared/ui";
import { useActionName } from "../../administration/AuditList";
import { useNames } from "../../people";
import { useTypeName } from "../../types";

/** What of a record people know; ids and versions are of no use to them. */
const told = ["name", "code", "type", "status", "parent", "ratedPowerKW", "tags"] as const;

/** Who changed the asset, when and how, as the audit log has it. */
export function History({ assetId, zone }: { assetId: string; zone: string | undefined }) {
  const text = useText();
  const format = useFormat();
  const statusName = useStatusName();
  const nameOf = useNames();
  const actionName = useActionName();
  const typeName = useTypeName();
  const { data, problem, isLoading, retry, more } = useData("GET /api/v1/audit", { query: { resourceType: "asset", resourceId: assetId, limit: 50 } });
  if (!data) return problem ? <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={retry} busy={isLoading} /> : <Skeleton lines={6} />;
  if (data.items.length === 0) return <EmptyState title={text("plant.no_history")} icon="history" />;
  const shown = (name: string, value: unknown): string => {
    if (value === null || value === undefined) return "";
    if (name === "status") return statusName("asset", String(value));
    if (name === "type") return typeName(String(value));
    if (Array.isArray(value)) return format.list(value.map(String));
    return typeof value === "number" ? format.number(value) : String(value);
  };
  const labels = { name: text("plant.name"), code: text("plant.code"), type: text("plant.type"), status: text("plant.state"), parent: text("plant.parent"), ratedPowerKW: text("plant.rated_power"), tags: text("plant.keywords") };
  const events = data.items.map((entry) => {
    const changes = (entry.changes ?? {}) as Record<string, [unknown, unknown]>;
    const isNew = entry.action === "ASSET_CREATED";
    const seen = told.filter((name) => name in changes && (!isNew || changes[name]?.[1] != null)).map((name) => ({
      field: name, label: labels[name], before: shown(name, changes[name]?.[0]), after: shown(name, changes[name]?.[1]),
    }));
    const key = `plant.history.${entry.action.toLowerCase()}`;
    return {
      key: String(entry.id),
      at: entry.at,
      text: hasText(key) ? text(key, { name: entry.userId ? nameOf(entry.userId) : text("orders.system") }) : actionName(entry.action),
      detail: isNew || seen.length === 0 ? undefined : <ChangeList changes={seen} />,
    };
  });
  return (
    <Card>
      <div className="stack">
        <Timeline label={text("plant.tab.history")} events={events} {...(zone ? { zone } : {})} />
        {data.nextCursor && <div><Button busy={isLoading} onClick={more}>{text("plant.older")}</Button></div>}
      </div>
    </Card>
  );
}
