import { useState } from "react";
import { listed, useLocalization, useText } from "../../shared/localization";
import { Banner, Button, CopyButton, DateTimeField, Dialog, NumberField, toast } from "../../shared/ui";
import { useApiForm } from "../administration/useApiForm";
import { EditDialog } from "../pages/assets/EditDialog";
import { FormDialog } from "../pages/assets/FormDialog";
import { useEdit } from "../pages/assets/useEdit";
import { HookFields, useHookCheck } from "./HookFields";
import { changeWebhook, createWebhook, draftOf, readWebhook, redeliverFailed, rotateSecret, type HookDraft, type Webhook } from "./webhooks";

/** A secret, once: afterwards nobody can read it. */
export function SecretDialog({ secret, close }: { secret: string; close: () => void }) {
  const text = useText();
  return (
    <Dialog title={text("orders.hook.secret")} close={close} actions={<Button kind="primary" onClick={close}>{text("admin.keys.kept")}</Button>}>
      <div className="stack">
        <Banner tone="warning">{text("orders.hook.secret_once")}</Banner>
        <div className="admin-secret"><code>{secret}</code><CopyButton value={secret} words label={text("orders.hook.secret_copy")} /></div>
      </div>
    </Dialog>
  );
}

export function NewWebhook({ made, close }: { made: (hook: Webhook, secret: string) => void; close: () => void }) {
  const text = useText();
  const [initial] = useState<HookDraft>({ name: "", url: "", events: ["workorder.created", "workorder.completed"], isActive: true });
  const form = useApiForm<HookDraft>({
    initial,
    check: useHookCheck(),
    submit: async ({ name, url, ...rest }) => {
      const { webhook, secret } = await createWebhook({ name: name.trim(), url: url.trim(), ...rest });
      form.reset(initial);
      close();
      made(webhook, secret);
    },
  });
  return <FormDialog title={text("orders.hook.new")} form={form} confirm={text("orders.hook.create")} close={close}><HookFields form={form} /></FormDialog>;
}

/** What somebody else has changed meanwhile is shown beside. */
export function EditWebhook({ hook, changed, close }: { hook: Webhook; changed: () => void; close: () => void }) {
  const text = useText();
  const edit = useEdit<Webhook, HookDraft>({
    record: hook,
    valuesOf: draftOf,
    read: () => readWebhook(hook),
    send: ({ name, url, ...rest }, version) => changeWebhook(hook, { ...rest, ...(name === undefined ? {} : { name: name.trim() }), ...(url === undefined ? {} : { url: url.trim() }) }, version),
    check: useHookCheck(),
    done: () => {
      changed();
      close();
      toast({ tone: "success", text: text("admin.saved") });
    },
  });
  return (
    <EditDialog
      title={text("orders.hook.change")} edit={edit} close={close}
      labels={{ name: text("orders.hook.name"), url: text("orders.hook.url"), events: text("orders.hook.events"), isActive: text("orders.hook.active") }}
      shown={(name, values) => (name === "events" ? listed(values.events.map((one) => text(`orders.hook.event.${one}`))) : name === "isActive" ? text(values.isActive ? "admin.yes" : "admin.no") : values[name])}
    >
      <HookFields form={edit.form} />
    </EditDialog>
  );
}

/** A new secret; the former one signs too for a while, so that the receiver can be changed in the meantime. */
export function RotateSecret({ hook, made, close }: { hook: Webhook; made: (secret: string) => void; close: () => void }) {
  const text = useText();
  const [initial] = useState<{ overlapHours: number | null }>({ overlapHours: 24 });
  const form = useApiForm<{ overlapHours: number | null }>({
    initial,
    submit: async ({ overlapHours }) => {
      const { secret } = await rotateSecret(hook, overlapHours ?? 0);
      form.reset(initial);
      close();
      made(secret);
    },
  });
  return (
    <FormDialog title={text("orders.hook.rotate_of", { name: hook.name })} form={form} confirm={text("orders.hook.rotate")} size="small" close={close}>
      <NumberField label={text("orders.hook.overlap")} unit={text("orders.hook.hours")} min={0} max={168} digits={0} hint={text("orders.hook.overlap_hint")} {...form.field("overlapHours")} />
    </FormDialog>
  );
}

const day = 86_400_000;

/** What has failed since a moment is posted once more. */
export function Redeliver({ hook, done, close }: { hook: Webhook; done: () => void; close: () => void }) {
  const text = useText();
  const { zone } = useLocalization();
  const [initial] = useState<{ since: string | null }>(() => ({ since: hook.failingSince ?? new Date(Date.now() - day).toISOString() }));
  const form = useApiForm<{ since: string | null }>({
    initial,
    check: ({ since }) => (since ? {} : { since: text("rules.required") }),
    submit: async ({ since }) => {
      const { count, hasMore } = await redeliverFailed(hook, since ?? "");
      done();
      form.reset(initial);
      close();
      toast({ tone: count > 0 ? "success" : "info", text: text(hasMore ? "orders.hook.redelivered_some" : "orders.hook.redelivered", { count }) });
    },
  });
  return (
    <FormDialog title={text("orders.hook.redeliver_failed")} form={form} confirm={text("orders.hook.redeliver")} size="small" close={close}>
      <DateTimeField label={text("orders.hook.since")} zone={zone} required {...form.field("since")} />
    </FormDialog>
  );
}
