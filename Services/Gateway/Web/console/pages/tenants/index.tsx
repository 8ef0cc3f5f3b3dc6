import type { TenantResponse } from "generated/api";
import { useMemo, useState } from "react";
import { explain, shownProblem } from "../../administration/useApiForm";
import { change, useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useMay, useUser } from "../../../shared/session/session";
import { Badge, Button, Card, type Column, ConfirmDialog, EmptyState, PageHeader, Table, toast } from "../../../shared/ui";
import { CreateTenantDialog } from "./CreateTenantDialog";
import { SuspendDialog } from "./SuspendDialog";

/** Every organization of the installation: for those who run it. */
export default function Tenants() {
  const text = useText();
  const may = useMay();
  const self = useUser();
  const list = useData("GET /api/v1/tenants", { query: { limit: 100 } });
  const [isCreating, setIsCreating] = useState(false);
  const [asked, setAsked] = useState<{ tenant: TenantResponse; act: "suspend" | "resume" }>();
  const mayManage = may("platform:manage");
  const columns = useMemo<Column<TenantResponse>[]>(() => {
    const act = (tenant: TenantResponse) => tenant.isSuspended
      ? <Button size="small" icon="play" onClick={() => setAsked({ tenant, act: "resume" })}>{text("admin.tenants.resume")}</Button>
      : (
        <Button size="small" icon="pause" disabledReason={tenant.id === self.tenantId ? text("admin.tenants.own") : undefined} onClick={() => setAsked({ tenant, act: "suspend" })}>
          {text("admin.tenants.suspend")}
        </Button>
      );
    return [
      { key: "name", header: text("admin.people.name"), minWidth: 180, fixed: true, cell: (tenant) => tenant.name },
      { key: "state", header: text("admin.person.state"), width: 130, cell: (tenant) => <Badge tone={tenant.isSuspended ? "danger" : "success"}>{text(tenant.isSuspended ? "admin.tenants.suspended" : "admin.person.state.active")}</Badge> },
      { key: "reason", header: text("admin.reason"), minWidth: 160, cell: (tenant) => tenant.suspensionReason ?? "–" },
      { key: "zone", header: text("admin.tenant.timeZone"), width: 150, cell: (tenant) => tenant.timeZone },
      { key: "currency", header: text("admin.tenant.currency"), width: 90, cell: (tenant) => tenant.currency },
      { key: "language", header: text("admin.me.language"), width: 90, cell: (tenant) => tenant.language },
      { key: "id", header: text("fields.id"), minWidth: 180, hidden: true, cell: (tenant) => <code>{tenant.id}</code> },
      ...(mayManage ? [{ key: "act", header: text("admin.tenants.act"), width: 140, fixed: true, cell: act }] : []),
    ];
  }, [text, mayManage, self.tenantId]);
  return (
    <>
      <PageHeader
        title={text("pages.tenants")} description={text("admin.tenants.text")}
        actions={mayManage && <Button icon="plus" kind="primary" onClick={() => setIsCreating(true)}>{text("admin.tenants.create")}</Button>}
      />
      <Card flush>
        <Table
          label={text("pages.tenants")} rows={list.data?.items ?? []} rowKey={(tenant) => tenant.id} columns={columns} remember="tenants" loading={list.isLoading && !list.data}
          problem={list.data ? undefined : shownProblem(list.problem)} retry={list.retry} onEnd={list.data?.nextCursor ? list.more : undefined}
          card={(tenant) => (
            <div className="row-apart">
              <strong>{tenant.name}</strong>
              {columns.find((column) => column.key === (mayManage ? "act" : "state"))?.cell(tenant)}
            </div>
          )}
          empty={<EmptyState title={text("admin.tenants.none")} icon="home" />}
        />
      </Card>
      {isCreating && <CreateTenantDialog close={() => setIsCreating(false)} />}
      {asked?.act === "suspend" && <SuspendDialog tenant={asked.tenant} close={() => setAsked(undefined)} />}
      {asked?.act === "resume" && (
        <ConfirmDialog
          title={text("admin.tenants.resumeAsk", { name: asked.tenant.name })} confirm={text("admin.tenants.resume")} explain={explain} close={() => setAsked(undefined)}
          run={async () => {
            await change("POST /api/v1/tenants/{id}/resume", { path: { id: asked.tenant.id } });
            toast({ tone: "success", text: text("admin.tenants.resumed", { name: asked.tenant.name }) });
          }}
        >
          {text("admin.tenants.resumeText")}
        </ConfirmDialog>
      )}
    </>
  );
}
