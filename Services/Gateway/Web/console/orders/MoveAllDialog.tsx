import { useText } from "../../shared/localization";
import type { OrdersDialogProps } from "./AssignDialog";
import type { Move } from "./orders";
import { RunDialog } from "./RunDialog";
import { useAbout } from "./useAbout";
import { useMoveName } from "./useMoveWords";

/** A move that asks for nothing, of several work orders. */
export function MoveAllDialog({ orders, move, close }: OrdersDialogProps & { move: Move }) {
  const text = useText();
  const about = useAbout();
  const name = useMoveName();
  const first = orders[0];
  return (
    <RunDialog
      title={about(orders, `orders.move.title_one.${move}`, `orders.move.title.${move}`)}
      confirm={first ? name(first, move) : text(`orders.move.${move}`)}
      done={about(orders, `orders.move.done_one.${move}`, `orders.move.done.${move}`)}
      orders={orders} move={move} action={() => ({ move })} close={close}
    />
  );
}
