import { useState } from "react";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Badge, Button, classes, Dialog, ErrorState, Skeleton } from "../../shared/ui";
import { shownProblem } from "../administration/useApiForm";
import { useUnitName } from "../costs/useUnitName";
import type { WorkOrder } from "../orders/orders";
import { useNames } from "../people";
import { useZones } from "../places";
import { WhyDialog } from "../WhyDialog";
import { takeBack, useMovements, type MayWithParts, type Movement, type Part } from "./parts";
import { trimmed } from "./quantity";

interface MovementsProps { order: WorkOrder; part: Part; may: MayWithParts; changed: () => void; close: () => void }

/** What happened to pieces of a part, the latest first. */
export function Movements({ order, part, may, changed, close }: MovementsProps) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const unit = useUnitName()(part.unit);
  const zone = useZones()(order.siteId);
  const { movements, isCut, problem, retry } = useMovements(part);
  const [open, setOpen] = useState<Movement | null>(null);
  const title = ({ kind, quantity }: Movement) => text("orders.part.line", { what: text(`orders.part.${kind}`), value: format.decimal(trimmed(quantity), unit) });
  return (
    <>
      <Dialog title={text("orders.part.movements_of", { name: part.name })} close={close} actions={<Button onClick={close}>{text("ui.close")}</Button>}>
        {!movements ? problem ? <ErrorState problem={shownProblem(problem) ?? { message: "" }} retry={retry} /> : <Skeleton lines={4} />
          : movements.length === 0 ? <p className="muted">{text("orders.part.no_movements")}</p> : (
            <ul className="hours-list" aria-label={text("orders.part.movements")}>
              {movements.map((movement) => (
                <li key={movement.id} className={classes("cost-entry", movement.isReversed && "cost-reversed")}>
                  <div>
                    <div className="row">
                      <span className="cost-title">{title(movement)}</span>
                      {movement.isReversed && <Badge tone="warning">{text("orders.cost.reversed")}</Badge>}
                      {movement.reverses && <Badge tone="warning">{text("orders.part.reversal")}</Badge>}
                    </div>
                    <ul className="hours-facts muted">
                      <li>{format.dateTime(movement.movedAt, zone)}</li>
                      {movement.recordedBy && <li><bdi>{nameOf(movement.recordedBy)}</bdi></li>}
                      {movement.serialNumber && <li>{text("orders.part.line", { what: text("orders.part.serial"), value: movement.serialNumber })}</li>}
                      {movement.lot && <li>{text("orders.part.line", { what: text("orders.part.lot"), value: movement.lot })}</li>}
                      {movement.unitCost && <li>{text("orders.part.line", { what: text("orders.cost.unit_rate"), value: format.money(movement.unitCost) })}</li>}
                    </ul>
                    {movement.note && (movement.reverses ? <p><q className="orders-reason" dir="auto">{movement.note}</q></p> : <p className="hours-note" dir="auto">{movement.note}</p>)}
                  </div>
                  {may.takeBack(movement) && (
                    <Button size="small" kind="ghost" aria-label={text("orders.cost.take_back_of", { what: title(movement) })} onClick={() => setOpen(movement)}>{text("orders.cost.take_back")}</Button>
                  )}
                </li>
              ))}
            </ul>
          )}
        {isCut && <p className="muted">{text("orders.part.cut")}</p>}
      </Dialog>
      {open && (
        <WhyDialog
          title={text("orders.cost.take_back_of", { what: title(open) })} confirm={text("orders.cost.take_back")} done={text("orders.part.taken_back")} close={() => setOpen(null)}
          run={(reason) => takeBack(part, open, reason).finally(() => { retry(); changed(); })}
        >
          <p className="muted">{text(open.kind === "used" ? "orders.part.take_back_used" : "orders.part.take_back_text")}</p>
        </WhyDialog>
      )}
    </>
  );
}
