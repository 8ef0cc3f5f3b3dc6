import type { APIKeyRoutesAPIKeyResponse as Key } from "generated/api";
import { useMemo, useState } from "react";
import { PersonName } from "../../administration/people";
import { useRoleName } from "../../administration/roles";
import { explain, shownProblem } from "../../administration/useApiForm";
import { change, useData } from "../../../shared/data";
import { listed, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useMay } from "../../../shared/session/session";
import { Badge, Button, Card, type Column, ConfirmDialog, EmptyState, IconButton, PageHeader, Table, toast } from "../../../shared/ui";
import { CreateKeyDialog } from "./CreateKeyDialog";
import { KeyDialog } from "./KeyDialog";

const week = 7 * 86_400_000;

/** Keys with which machines use the API. */
export default function APIKeys() {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const roleName = useRoleName();
  const list = useData("GET /api/v1/api-keys", { query: { limit: 100 } });
  const [isCreating, setIsCreating] = useState(false);
  const [made, setMade] = useState<Key>();
  const [revoked, setRevoked] = useState<Key>();
  const mayManage = may("api-key:manage");
  const columns = useMemo<Column<Key>[]>(() => {
    const end = (key: Key) => {
      const left = Date.parse(key.expiresAt) - Date.now();
      const words = <span title={format.dateTime(key.expiresAt)}>{format.date(key.expiresAt)}</span>;
      return left < week ? <Badge tone={left < 0 ? "danger" : "warning"}>{words}</Badge> : words;
    };
    return [
      { key: "name", header: text("admin.people.name"), minWidth: 160, fixed: true, cell: (key) => key.name },
      { key: "roles", header: text("admin.person.roles"), minWidth: 160, cell: (key) => listed(key.roles.map(roleName)) },
      { key: "sites", header: text("admin.person.sites"), width: 90, align: "end", cell: (key) => format.number(key.siteIds.length) },
      { key: "used", header: text("admin.keys.used"), width: 150, cell: (key) => key.lastUsedAt ? <span title={format.dateTime(key.lastUsedAt)}>{format.relative(key.lastUsedAt)}</span> : <span className="muted">{text("admin.never")}</span> },
      { key: "end", header: text("admin.keys.end"), width: 140, cell: end },
      { key: "by", header: text("admin.keys.by"), minWidth: 130, cell: (key) => <PersonName id={key.createdBy} /> },
      { key: "created", header: text("admin.person.created"), width: 140, hidden: true, cell: (key) => format.date(key.createdAt) },
      ...(mayManage ? [{ key: "revoke", header: text("admin.keys.revoke"), width: 90, fixed: true, cell: (key: Key) => <IconButton icon="trash" size="small" label={text("admin.keys.revokeOne", { name: key.name })} onClick={() => setRevoked(key)} /> }] : []),
    ];
  }, [text, format, roleName, mayManage]);
  const create = mayManage && <Button icon="plus" kind="primary" onClick={() => setIsCreating(true)}>{text("admin.keys.create")}</Button>;
  return (
    <>
      <PageHeader title={text("pages.api_keys")} description={text("admin.keys.text")} actions={create} />
      <Card flush>
        <Table
          label={text("pages.api_keys")} rows={list.data?.items ?? []} rowKey={(key) => key.id} columns={columns} remember="api-keys" loading={list.isLoading && !list.data}
          problem={list.data ? undefined : shownProblem(list.problem)} retry={list.retry} onEnd={list.data?.nextCursor ? list.more : undefined}
          card={(key) => (
            <div className="row-apart">
              <div className="stack-tight"><strong>{key.name}</strong><span className="muted">{listed(key.roles.map(roleName))}</span></div>
              {mayManage && <IconButton icon="trash" size="small" label={text("admin.keys.revokeOne", { name: key.name })} onClick={() => setRevoked(key)} />}
            </div>
          )}
          empty={<EmptyState title={text("admin.keys.none")} icon="key">{text("admin.keys.noneText")}</EmptyState>}
        />
      </Card>
      {isCreating && <CreateKeyDialog close={() => setIsCreating(false)} made={setMade} />}
      {made && <KeyDialog made={made} close={() => setMade(undefined)} />}
      {revoked && (
        <ConfirmDialog
          title={text("admin.keys.ask", { name: revoked.name })} confirm={text("admin.keys.revoke")} danger explain={explain} close={() => setRevoked(undefined)}
          run={async () => {
            await change("DELETE /api/v1/api-keys/{id}", { path: { id: revoked.id } });
            toast({ tone: "success", text: text("admin.keys.revoked", { name: revoked.name }) });
          }}
        >
          {text("admin.keys.askText")}
        </ConfirmDialog>
      )}
    </>
  );
}
