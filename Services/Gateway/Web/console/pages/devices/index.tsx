import { shownProblem } from "../../administration/useApiForm";
import { useTyped } from "../../administration/useKept";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useSearch } from "../../../shared/router";
import { Badge, Card, EmptyState, ErrorState, KeyValue, PageHeader, Skeleton, TextField } from "../../../shared/ui";

const isID = (value: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);

/** How far one of one's devices has sent what was done offline. */
export default function Devices() {
  const text = useText();
  const format = useFormat();
  const [search, setSearch] = useSearch();
  const id = search.get("device") ?? "";
  const [typed, setTyped] = useTyped(id, (device) => setSearch({ device: device.trim() }));
  const { data, problem, retry } = useData("GET /api/v1/sync/status", isID(id) ? { query: { deviceId: id } } : null);
  const shown = shownProblem(problem);
  return (
    <>
      <PageHeader title={text("pages.devices")} description={text("admin.devices.text")} />
      <Card title={text("admin.devices.state")}>
        <div className="stack">
          <TextField
            className="admin-why" label={text("admin.devices.id")} hint={text("admin.devices.idHint")} value={typed} onChange={setTyped}
            error={typed !== "" && typed === id && !isID(id) ? text("admin.devices.noID") : undefined}
          />
          {!isID(id) ? <EmptyState title={text("admin.devices.choose")} icon="phone" /> : !data ? shown ? <ErrorState problem={shown} retry={retry} /> : <Skeleton lines={2} /> : (
            <KeyValue
              entries={[
                { label: text("admin.devices.lastPush"), value: data.lastPush ? `${format.dateTime(data.lastPush)} (${format.relative(data.lastPush)})` : text("admin.never") },
                { label: text("admin.devices.pending"), value: data.pending > 0 ? <Badge tone="warning">{format.number(data.pending)}</Badge> : format.number(0) },
              ]}
            />
          )}
        </div>
      </Card>
    </>
  );
}
