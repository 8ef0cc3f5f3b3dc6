import { useState } from "react";
import { listed, useText } from "../../shared/localization";
import { Problem } from "../../shared/data";
import { Banner, KeyValue, Status, toast } from "../../shared/ui";
import { useApiForm } from "../administration/useApiForm";
import { useCheckWords } from "../checks/useCheckWords";
import { Changed } from "../orders/Changed";
import { readOrder } from "../orders/changes";
import { AssetName, SiteTime } from "../orders/Names";
import type { WorkOrder } from "../orders/orders";
import { FormDialog } from "../pages/assets/FormDialog";
import { useNames } from "../people";
import { sign, type Meaning } from "./signatures";

// A signature stays: nobody makes one by an Enter too many.
const wayOut = [".ui-dialog-actions .ui-button"];

/** What is signed is named before it is. Who was shown an older version reads what has changed, and signs that. */
export function SignDialog({ order: given, meaning, signed, close }: { order: WorkOrder; meaning: Meaning; signed: () => void; close: () => void }) {
  const text = useText();
  const nameOf = useNames();
  const [order, setOrder] = useState(given);
  const [before, setBefore] = useState<WorkOrder>();
  const form = useApiForm({
    initial: {},
    submit: async () => {
      try {
        await sign(order, meaning);
      } catch (error) {
        if (Problem.from(error).code === "stale_version") {
          setBefore(order);
          setOrder(await readOrder(order.id));
        }
        throw error;
      }
      signed();
      close();
      toast({ tone: "success", text: text("orders.signature.done", { number: order.number }) });
    },
  });
  return (
    <FormDialog title={text(`orders.signature.title.${meaning}`, { number: order.number })} form={form} confirm={text("orders.signature.confirm")} focus={wayOut} close={close}>
      {before && <Changed before={before} after={order} />}
      <p><strong>{text(`orders.signature.statement.${meaning}`)}</strong></p>
      <KeyValue
        entries={[
          { label: text("orders.title"), value: <span dir="auto">{order.title}</span> },
          { label: text("orders.description"), value: order.description ? <span className="orders-description" dir="auto">{order.description}</span> : undefined },
          { label: text("orders.asset"), value: <AssetName order={order} /> },
          { label: text("orders.worked_by"), value: order.workedBy.length > 0 ? <bdi>{listed(order.workedBy.map(nameOf))}</bdi> : undefined },
          { label: text("orders.actual_start"), value: <SiteTime order={order} at={order.actualStart} /> },
          { label: text("orders.actual_end"), value: <SiteTime order={order} at={order.actualEnd} /> },
          { label: text("orders.tasks"), value: order.tasks.length > 0 ? <Tasks order={order} /> : undefined },
        ]}
      />
      <Banner>{text("orders.signature.bound")}</Banner>
    </FormDialog>
  );
}

/** Each task, and what was answered. */
function Tasks({ order }: { order: WorkOrder }) {
  const { answer } = useCheckWords();
  return (
    <ul className="signature-tasks">
      {[...order.tasks].sort((one, other) => one.position - other.position).map((task) => (
        <li key={task.id}>
          <Status kind="task" value={task.status} iconOnly />
          <span><span dir="auto">{task.title}</span>{task.check && task.answer && <>{" – "}<strong dir="auto">{answer(task.check, task.answer)}</strong></>}</span>
        </li>
      ))}
    </ul>
  );
}
