import { useData } from "../../shared/data";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Button, CopyButton, Drawer, English, ErrorState, KeyValue, Skeleton } from "../../shared/ui";
import { shownProblem } from "../administration/useApiForm";
import { DeliveryBadge } from "./HookBadges";
import type { Delivery, Webhook } from "./webhooks";

interface DeliveryDrawerProps { hook: Webhook; delivery: Delivery; again: (() => void) | undefined; close: () => void }

/** What was posted, and what the receiver has answered. */
export function DeliveryDrawer({ hook, delivery, again, close }: DeliveryDrawerProps) {
  const text = useText();
  const format = useFormat();
  const { data, problem, retry } = useData("GET /api/v1/webhooks/{webhook}/deliveries/{delivery}", { path: { webhook: hook.id, delivery: delivery.id } });
  const one = data ?? delivery;
  return (
    <Drawer
      title={text("orders.hook.delivery_of", { time: format.dateTime(one.createdAt) })} close={close}
      actions={<>{again && <Button icon="refresh" onClick={again}>{text("orders.hook.redeliver")}</Button>}<Button onClick={close}>{text("ui.close")}</Button></>}
    >
      <div className="stack">
        <KeyValue
          entries={[
            { label: text("orders.hook.state"), value: <DeliveryBadge state={one.state} /> },
            { label: text("orders.hook.what"), value: <code>{one.event}</code> },
            { label: text("orders.hook.message"), value: <code className="admin-anywhere">{one.messageId}</code> },
            { label: text("orders.hook.attempts"), value: format.number(one.attempts) },
            { label: text("orders.hook.last"), value: one.lastAttemptAt ? format.dateTime(one.lastAttemptAt) : undefined },
            { label: text("orders.hook.next"), value: one.nextAttemptAt ? format.dateTime(one.nextAttemptAt) : undefined },
            { label: text("orders.hook.status"), value: typeof one.status === "number" ? String(one.status) : undefined },
            { label: text("orders.hook.took"), value: typeof one.milliseconds === "number" ? text("orders.hook.milliseconds", { count: one.milliseconds }) : undefined },
            { label: text("orders.hook.error"), value: one.error ? <English>{one.error}</English> : undefined },
          ]}
        />
        {!data && (problem ? <ErrorState problem={shownProblem(problem) ?? { message: "" }} retry={retry} /> : <Skeleton lines={4} />)}
        {data?.body && <Body title={text("orders.hook.body")} copy={text("orders.hook.body_copy")} words={readable(data.body)} />}
        {data?.answer && <Body title={text("orders.hook.answer")} words={data.answer} />}
      </div>
    </Drawer>
  );
}

/** JSON in lines, if it is JSON. */
function readable(words: string): string {
  try {
    return JSON.stringify(JSON.parse(words), null, 2);
  } catch {
    return words;
  }
}

function Body({ title, copy, words }: { title: string; copy?: string; words: string }) {
  return (
    <section className="stack-tight" aria-label={title}>
      <div className="row-apart"><h3>{title}</h3>{copy && <CopyButton value={words} label={copy} />}</div>
      <pre className="hook-body" dir="ltr" tabIndex={0} data-untranslated>{words}</pre>
    </section>
  );
}
