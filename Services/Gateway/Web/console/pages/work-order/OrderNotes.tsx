import { useText } from "../../../shared/localization";
import { Banner } from "../../../shared/ui";
import { endings } from "../../orders/edit";
import type { WorkOrder } from "../../orders/orders";

/** What whoever does the work must beware of: before anything else of it. */
export function SafetyNotes({ order }: { order: WorkOrder }) {
  const text = useText();
  if (!order.safetyNotes) return null;
  return (
    <Banner tone="warning">
      <strong>{text("orders.note.safetyNotes")}</strong>
      <p className="orders-description" dir="auto">{order.safetyNotes}</p>
    </Banner>
  );
}

/** What was written down at the end. */
export function EndNotes({ order }: { order: WorkOrder }) {
  const text = useText();
  return (
    <>
      {endings.filter((name) => order[name]).map((name) => (
        <section key={name} aria-label={text(`orders.note.${name}`)}>
          <h3>{text(`orders.note.${name}`)}</h3>
          <p className="orders-description" dir="auto">{order[name]}</p>
        </section>
      ))}
    </>
  );
}
