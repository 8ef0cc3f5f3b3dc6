import { useEffect, useRef, useState } from "react";
import { explain } from "../../../shared/api/explain";
import { problemText } from "../../../shared/api/problemText";
import { readIfStale } from "../../administration/readIfStale";
import { change, useData } from "../../../shared/data";
import { listed, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { navigate, usePathValue, useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Badge, Banner, Button, Card, ConfirmDialog, ErrorState, KeyValue, PageHeader, Select, Skeleton, Status, toast } from "../../../shared/ui";
import { useNames } from "../../people";
import { useSites } from "../../places";
import { TaskPlan } from "../../templates/TaskPlan";
import type { Template } from "../../templates/template";
import { useKeys } from "../../useKeys";
import { EditForm } from "./EditForm";

/** One template: what is made from it, and all its versions. */
export default function TemplatePage() {
  const id = usePathValue("id");
  const [search] = useSearch();
  const { data: newest, problem, retry } = useData("GET /api/v1/workorders/templates/{id}", { path: { id } });
  const wanted = Number(search.get("version") ?? 0);
  const isOther = newest !== undefined && wanted > 0 && wanted !== newest.version;
  const other = useData("GET /api/v1/workorders/templates/{id}/versions/{version}", isOther ? { path: { id, version: wanted } } : null);
  const failed = problem ?? (isOther ? other.problem : undefined);
  const shown = isOther ? other.data : newest;
  if (newest && shown) return <Shown newest={newest} shown={shown} retry={retry} />;
  if (failed) return <ErrorState problem={{ message: problemText(failed), requestId: failed.requestId }} retry={problem ? retry : other.retry} />;
  return <div className="stack"><Skeleton height={64} /><Skeleton lines={10} /></div>;
}

function Shown({ newest, shown, retry }: { newest: Template; shown: Template; retry: () => void }) {
  const text = useText();
  const may = useMay();
  const [search, setSearch] = useSearch();
  const [isAsking, setAsking] = useState(false);
  const isNewest = shown.version === newest.version;
  const mayEdit = may("procedure:manage") && !newest.isArchived && isNewest;
  // Whoever has begun goes on: what they have typed stays, also when somebody archives the template meanwhile.
  const hasBegun = useRef(false);
  const isEditing = search.get("edit") === "1" && (mayEdit || hasBegun.current);
  hasBegun.current = isEditing;
  const edit = () => setSearch({ edit: "1" });
  const use = () => navigate(`/work-orders/new?template=${newest.id}`);
  const mayUse = may("workorder:create") && !newest.isArchived;
  useEffect(() => void (document.title = `${newest.name} – dCMMS`), [newest.name]);
  useKeys({ e: mayEdit && !isEditing ? edit : undefined, c: mayUse ? use : undefined });
  const archive = async (isArchived: boolean) => {
    const { name } = await readIfStale(
      change(`POST /api/v1/workorders/templates/{id}/${isArchived ? "archive" : "restore"}`, { path: { id: newest.id } }, { version: newest.version }),
      retry
    );
    toast({ tone: "success", text: text(isArchived ? "orders.template.archived_done" : "orders.template.restored", { name }) });
  };
  const restore = () => { archive(false).catch((error: unknown) => toast({ tone: "danger", text: explain(error) })); };
  const versions = Array.from({ length: newest.version }, (_, index) => newest.version - index);
  return (
    <>
      <PageHeader
        title={<span dir="auto">{shown.name}</span>} crumbs={[{ title: text("pages.templates"), to: "/templates" }]}
        meta={<span className="row"><Badge tone="info">{text("orders.template.version", { version: shown.version })}</Badge>{newest.isArchived && <Badge tone="warning">{text("orders.template.archived")}</Badge>}</span>}
        actions={
          <>
            {mayUse && <Button icon="plus" kind="primary" onClick={use} aria-keyshortcuts="c">{text("orders.new")}</Button>}
            {mayEdit && !isEditing && <Button icon="edit" onClick={edit} aria-keyshortcuts="e">{text("orders.template.edit")}</Button>}
            {may("procedure:manage") && (newest.isArchived
              ? <Button icon="refresh" onClick={restore}>{text("orders.template.restore")}</Button>
              : <Button icon="minus" onClick={() => setAsking(true)}>{text("orders.template.archive")}</Button>)}
          </>
        }
      />
      {!isNewest && (
        <Banner action={<Button size="small" onClick={() => setSearch({ version: null })}>{text("orders.template.show_newest")}</Button>}>
          {text("orders.template.old", { version: shown.version, newest: newest.version })}
        </Banner>
      )}
      {isEditing ? <EditForm key={newest.id} template={newest} close={() => setSearch({ edit: null })} /> : (
        <div className="orders-detail template-detail">
          <div className="stack orders-detail-work">
            {shown.description && <Card title={text("orders.description")}><p className="orders-description" dir="auto">{shown.description}</p></Card>}
            <Card title={text("orders.tasks")}><TaskPlan tasks={shown.tasks} /></Card>
          </div>
          <div className="stack orders-detail-side">
            <Card title={text("orders.facts")}>
              <div className="stack-tight">
                <Facts template={shown} />
                {newest.version > 1 && (
                  <Select
                    label={text("orders.template.versions")} value={String(shown.version)} onChange={(version) => setSearch({ version: version === String(newest.version) ? null : version })}
                    options={versions.map((version) => ({ value: String(version), label: text("orders.template.version", { version }) }))}
                  />
                )}
              </div>
            </Card>
          </div>
        </div>
      )}
      {isAsking && (
        <ConfirmDialog title={text("orders.template.archive_title", { name: newest.name })} confirm={text("orders.template.archive")} explain={explain} close={() => setAsking(false)} run={() => archive(true)}>
          {text("orders.template.archive_text")}
        </ConfirmDialog>
      )}
    </>
  );
}

function Facts({ template }: { template: Template }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const sites = useSites();
  return (
    <KeyValue
      entries={[
        { label: text("orders.site"), value: template.siteId ? sites.get(template.siteId)?.name ?? null : text("orders.template.all_sites") },
        { label: text("orders.type"), value: text(`orders.type.${template.type}`) },
        { label: text("orders.priority"), value: <Status kind="priority" value={template.priority} /> },
        { label: text("orders.template.estimate"), value: template.estimatedMinutes ? format.duration(template.estimatedMinutes * 60_000) : null },
        { label: text("orders.skills"), value: template.requiredSkills.length > 0 ? listed(template.requiredSkills) : undefined },
        { label: text("orders.template.updated"), value: format.dateTime(template.updatedAt) },
        { label: text("orders.template.updated_by"), value: nameOf(template.updatedBy) },
        { label: text("orders.created"), value: format.dateTime(template.createdAt) },
        { label: text("orders.created_by"), value: nameOf(template.createdBy) },
      ]}
    />
  );
}
