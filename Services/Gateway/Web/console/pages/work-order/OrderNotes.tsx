import { useText } from "../../../shared/localization";
import { Banner } from "../../../shared/ui";
import { endings } from "../../orders/edit";
import type { WorkOrder } from "../../orders/orders";

/** What to beware of, and what was written down at the end. */
export function OrderNotes({ order }: { order: WorkOrder }) {
  const text = useText();
  const written = endings.filter((name) => order[name]);
  return (
    <>
      {order.safetyNotes && (
        <Banner tone="warning">
          <strong>{text("orders.note.safetyNotes")}</strong>
          <p className="orders-description" dir="auto">{order.safetyNotes}</p>
        </Banner>
      )}
      {written.map((name) => (
        <section key={name} aria-label={text(`orders.note.${name}`)}>
          <h3>{text(`orders.note.${name}`)}</h3>
          <p className="orders-description" dir="auto">{order[name]}</p>
        </section>
      ))}
    </>
  );
}
