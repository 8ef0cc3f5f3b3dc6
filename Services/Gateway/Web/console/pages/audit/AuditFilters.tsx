import { useActionName } from "../../administration/AuditList";
import { actionNames } from "../../administration/actions";
import { usePeople } from "../../administration/people";
import { useTyped } from "../../administration/useKept";
import { useLocalization, useText } from "../../../shared/localization";
import { useSearch } from "../../../shared/router";
import { Button, Card, Combobox, DateTimeField, TextField } from "../../../shared/ui";

export const filterNames = ["userId", "service", "action", "resourceType", "resourceId", "from", "to"] as const;

const things = ["workorder", "work-template", "asset", "site", "sensor", "alert", "alert_rule", "user", "role", "session", "tenant", "api_key", "identity-provider", "legal-hold", "dead-letter", "event"];

/** Who, what, which record, when: all of it in the URL. */
export function AuditFilters() {
  const text = useText();
  const { zone } = useLocalization();
  const [search, setSearch] = useSearch();
  const people = usePeople();
  const actionName = useActionName();
  const get = (name: (typeof filterNames)[number]) => search.get(name) ?? "";
  const [record, setRecord] = useTyped(get("resourceId"), (resourceId) => setSearch({ resourceId }));
  const isFiltered = filterNames.some((name) => get(name) !== "");
  return (
    <Card>
      <div className="admin-audit-filters">
        <Combobox
          label={text("admin.audit.who")} value={get("userId") || null} valueLabel={people.get(get("userId"))?.displayName} placeholder={text("admin.audit.anybody")}
          options={[...people.values()].map((one) => ({ value: one.id, label: one.displayName, hint: one.email }))} onChange={(userId) => setSearch({ userId })}
        />
        <Combobox
          label={text("admin.audit.what")} value={get("action") || null} valueLabel={actionName(get("action"))} placeholder={text("admin.audit.anything")}
          options={actionNames.map((value) => ({ value, label: actionName(value), hint: value }))} onChange={(action) => setSearch({ action })}
        />
        <Combobox
          label={text("admin.audit.kind")} value={get("resourceType") || null} placeholder={text("admin.audit.anyKind")}
          options={things.map((value) => ({ value, label: text(`admin.thing.${value}` as "admin.thing.user"), hint: value }))} onChange={(resourceType) => setSearch({ resourceType })}
        />
        <TextField label={text("admin.audit.recordId")} value={record} onChange={setRecord} />
        <DateTimeField label={text("admin.audit.from")} zone={zone} value={get("from") || null} onChange={(from) => setSearch({ from })} />
        <DateTimeField label={text("admin.audit.to")} zone={zone} value={get("to") || null} onChange={(to) => setSearch({ to })} />
        {isFiltered && (
          <Button kind="ghost" icon="close" onClick={() => setSearch(Object.fromEntries(filterNames.map((name) => [name, null])))}>{text("admin.filters.clear")}</Button>
        )}
      </div>
    </Card>
  );
}
