import { useEffect, useState } from "react";
import { problemText } from "../../../shared/api/problemText";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { navigate, usePathValue } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Banner, Button, Card, ConfirmDialog, English, ErrorState, KeyValue, Menu, PageHeader, Skeleton, toast } from "../../../shared/ui";
import { PersonName } from "../../administration/people";
import { readIfStale } from "../../administration/readIfStale";
import { explain } from "../../administration/useApiForm";
import { useKeys } from "../../useKeys";
import { HookBadge } from "../../webhooks/HookBadges";
import { EditWebhook, RotateSecret, SecretDialog } from "../../webhooks/HookDialogs";
import { removeWebhook, stateOf, testWebhook, useWebhook, type Webhook } from "../../webhooks/webhooks";
import { Deliveries } from "./Deliveries";

/** One webhook, and what it was told. */
export default function WebhookPage() {
  const { data, problem, retry } = useWebhook(usePathValue("id"));
  if (data) return <Shown hook={data} retry={retry} />;
  if (problem) return <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={retry} />;
  return <div className="stack"><Skeleton height={64} /><Skeleton lines={10} /></div>;
}

function Shown({ hook, retry }: { hook: Webhook; retry: () => void }) {
  const text = useText();
  const format = useFormat();
  const may = useMay()("webhook:manage");
  const [open, setOpen] = useState<"edit" | "rotate" | "remove" | null>(null);
  const [secret, setSecret] = useState<string>();
  const [isTesting, setTesting] = useState(false);
  const close = () => setOpen(null);
  useEffect(() => void (document.title = `${hook.name} – dCMMS`), [hook.name]);
  useKeys({ e: may ? () => setOpen("edit") : undefined });
  const test = () => {
    setTesting(true);
    testWebhook(hook)
      .then(() => toast({ tone: "success", text: text("orders.hook.tested") }), (error: unknown) => toast({ tone: "danger", text: explain(error) }))
      .finally(() => setTesting(false));
  };
  const state = stateOf(hook);
  return (
    <>
      <PageHeader
        title={<span dir="auto">{hook.name}</span>} crumbs={[{ title: text("pages.webhooks"), to: "/webhooks" }]} meta={<HookBadge hook={hook} />}
        actions={may && (
          <>
            <Button icon="play" busy={isTesting} onClick={test}>{text("orders.hook.test")}</Button>
            <Button icon="edit" aria-keyshortcuts="e" onClick={() => setOpen("edit")}>{text("orders.hook.change")}</Button>
            <Menu
              label={text("orders.more")}
              items={[
                { key: "rotate", label: text("orders.hook.rotate"), icon: "key", run: () => setOpen("rotate") },
                { key: "remove", label: text("orders.hook.remove"), icon: "trash", danger: true, run: () => setOpen("remove") },
              ]}
            />
          </>
        )}
      />
      <div className="stack">
        {(state === "failing" || state === "gone" || hook.failingSince) && (
          <Banner tone={hook.isActive ? "warning" : "danger"}>
            {state === "gone" ? text("orders.hook.gone_text") : text(hook.isActive ? "orders.hook.failing_since" : "orders.hook.failing_off", { time: hook.failingSince ? format.dateTime(hook.failingSince) : "" })}
            {hook.lastError && <> <English>{hook.lastError}</English></>}
          </Banner>
        )}
        <Card title={text("orders.hook.details")}>
          <KeyValue
            entries={[
              { label: text("orders.hook.url"), value: <span className="admin-anywhere" dir="ltr">{hook.url}</span> },
              { label: text("orders.hook.events"), value: <ul className="hook-list">{hook.events.map((one) => <li key={one}>{text(`orders.hook.event.${one}`)}</li>)}</ul> },
              { label: text("orders.created_by"), value: <PersonName id={hook.createdBy} /> },
              { label: text("orders.created"), value: format.dateTime(hook.createdAt) },
            ]}
          />
        </Card>
        <Deliveries hook={hook} mayManage={may} />
      </div>
      {open === "edit" && <EditWebhook hook={hook} changed={retry} close={close} />}
      {open === "rotate" && <RotateSecret hook={hook} made={setSecret} close={close} />}
      {secret && <SecretDialog secret={secret} close={() => setSecret(undefined)} />}
      {open === "remove" && (
        <ConfirmDialog
          title={text("orders.hook.remove_of", { name: hook.name })} confirm={text("orders.hook.remove")} danger explain={explain} close={close}
          run={async () => {
            await readIfStale(removeWebhook(hook), retry);
            toast({ tone: "success", text: text("orders.hook.removed", { name: hook.name }) });
            navigate("/webhooks");
          }}
        >
          {text("orders.hook.remove_text")}
        </ConfirmDialog>
      )}
    </>
  );
}
