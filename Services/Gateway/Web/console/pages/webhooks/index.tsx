import { useMemo, useState } from "react";
import { shownProblem } from "../../administration/useApiForm";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, navigate } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, Card, EmptyState, English, PageHeader, Table, type Column } from "../../../shared/ui";
import { useKeys } from "../../useKeys";
import { HookBadge } from "../../webhooks/HookBadges";
import { NewWebhook, SecretDialog } from "../../webhooks/HookDialogs";
import { useWebhooks, type Webhook } from "../../webhooks/webhooks";

/** Which systems are told what happens. */
export default function WebhooksPage() {
  const text = useText();
  const may = useMay()("webhook:manage");
  const { data, problem, isLoading, retry } = useWebhooks();
  const columns = useHookColumns();
  const [isNew, setNew] = useState(false);
  const [made, setMade] = useState<{ hook: Webhook; secret: string }>();
  useKeys({ c: may ? () => setNew(true) : undefined });
  return (
    <>
      <PageHeader
        title={text("pages.webhooks")} description={text("orders.hook.text")}
        actions={may && <Button kind="primary" icon="plus" aria-keyshortcuts="c" onClick={() => setNew(true)}>{text("orders.hook.new")}</Button>}
      />
      <Card flush>
        <Table
          label={text("pages.webhooks")} rows={data?.items ?? []} rowKey={({ id }) => id} columns={columns} remember="webhooks" loading={isLoading && !data}
          problem={data ? undefined : shownProblem(problem)} retry={retry} onOpen={({ id }) => navigate(`/webhooks/${id}`)} cardHeight={72}
          card={(hook) => <div className="stack-tight"><div className="row-apart"><strong className="truncate">{hook.name}</strong><HookBadge hook={hook} /></div><span className="muted truncate" dir="ltr">{hook.url}</span></div>}
          empty={<EmptyState title={text("orders.hook.none")} icon="link">{text("orders.hook.none_text")}</EmptyState>}
        />
      </Card>
      {isNew && <NewWebhook made={(hook, secret) => setMade({ hook, secret })} close={() => setNew(false)} />}
      {made && <SecretDialog secret={made.secret} close={() => { setMade(undefined); navigate(`/webhooks/${made.hook.id}`); }} />}
    </>
  );
}

function useHookColumns(): Column<Webhook>[] {
  const text = useText();
  const format = useFormat();
  return useMemo(() => [
    { key: "name", header: text("orders.hook.name"), minWidth: 160, fixed: true, cell: (hook) => <Link to={`/webhooks/${hook.id}`}>{hook.name}</Link> },
    { key: "state", header: text("orders.hook.state"), width: 190, fixed: true, cell: (hook) => <HookBadge hook={hook} /> },
    { key: "url", header: text("orders.hook.url"), minWidth: 240, cell: (hook) => <span className="truncate" dir="ltr" title={hook.url}>{hook.url}</span> },
    { key: "events", header: text("orders.hook.events"), width: 110, align: "end", cell: (hook) => format.number(hook.events.length) },
    { key: "error", header: text("orders.hook.error"), minWidth: 160, cell: (hook) => (hook.lastError ? <English isCut>{hook.lastError}</English> : "–") },
  ], [text, format]);
}
