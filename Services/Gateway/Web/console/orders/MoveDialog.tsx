import { useEffect, useRef } from "react";
import { useData } from "../../shared/data";
import { useText } from "../../shared/localization";
import { useMay } from "../../shared/session/session";
import { Button, Dialog, EmptyState, useStatusName } from "../../shared/ui";
import { moves, movesOf, standing, type Move, type WorkOrder } from "./orders";
import { useMoveName, useObstacle } from "./useMoveWords";

/** "Move to…", for the keyboard: only what the work order can do and the person may do. */
export function MoveDialog({ order: given, choose, close }: { order: WorkOrder; choose: (order: WorkOrder, move: Move) => void; close: () => void }) {
  const text = useText();
  const may = useMay();
  const status = useStatusName();
  const why = useObstacle();
  // As it is now, and as it becomes while the dialog is open: what it can do changes with each move.
  const { data } = useData("GET /api/v1/workorders/{id}", { path: { id: given.id } });
  const order = data && data.version >= given.version ? data : given;
  const name = useMoveName(order);
  const list = useRef<HTMLDivElement>(null);
  const offered = movesOf(order).filter((move) => may(moves[move].permission));
  useEffect(() => {
    if (offered.length > 0 && !list.current?.contains(document.activeElement)) list.current?.querySelector<HTMLElement>("[data-first]")?.focus();
  }, [offered.length]);
  const arrows = (event: React.KeyboardEvent<HTMLDivElement>) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const all = [...event.currentTarget.querySelectorAll("button")];
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]?.focus();
    event.preventDefault();
  };
  return (
    <Dialog title={text("orders.move_to", { number: order.number })} size="small" close={close} focus={["[data-first]"]}>
      <p className="muted">{text("orders.move_from", { status: status(standing(order).kind, standing(order).value) })}</p>
      <div ref={list} className="orders-moves" onKeyDown={arrows}>
        {offered.map((move) => {
          const reason = why(order, move);
          return (
            <div key={move}>
              <Button icon={moves[move].icon} className="orders-move" disabledReason={reason} data-first={move === offered.find((one) => !why(order, one)) ? true : undefined} onClick={() => choose(order, move)}>
                {name(order, move)}
              </Button>
              {reason && <p className="orders-move-why muted">{reason}</p>}
            </div>
          );
        })}
      </div>
      {offered.length === 0 && <EmptyState title={text("orders.move.none")} icon="lock" />}
    </Dialog>
  );
}
