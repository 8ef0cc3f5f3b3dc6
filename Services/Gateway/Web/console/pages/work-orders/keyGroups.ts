import { useText } from "../../../shared/localization";
import { useMay } from "../../../shared/session/session";
import type { KeyGroup } from "../../../shared/ui";

/** The keys of the page, for `?`. */
export function useKeyGroups(view: "list" | "board" | "calendar" | "detail"): KeyGroup[] {
  const text = useText();
  const may = useMay();
  const line = (keys: string[], does: string) => ({ keys, does });
  const acts: KeyGroup = {
    title: text("orders.keys.acts"),
    keys: [
      line(["C"], text("orders.keys.create")),
      line(["E"], text("orders.keys.edit")),
      line(["M"], text("orders.keys.move")),
      line(["A"], text("orders.keys.assign")),
      ...(view === "detail" ? [line(["T"], text("orders.keys.task"))] : [line(["/"], text("orders.keys.search"))]),
      ...(view === "detail" && may("labor:record") ? [line(["I"], text("orders.hours.keys.clock")), line(["H"], text("orders.hours.add"))] : []),
      ...(view === "detail" && may("workorder-cost:update") ? [line(["B"], text("orders.cost.book"))] : []),
      ...(view === "detail" && (may("stock:consume") || may("workorder:update")) ? [line(["P"], text("orders.part.add"))] : []),
      ...(view === "detail" ? [line(["F"], text("orders.file.add"))] : []),
      ...(view === "detail" && may("workorder:comment") ? [line(["W"], text("orders.comment.write"))] : []),
      ...(view === "detail" ? [line(["R"], text("orders.print.menu"))] : []),
      line(["?"], text("orders.keys.hints")),
    ],
  };
  const tasks: KeyGroup = {
    title: text("orders.tasks"),
    keys: [
      line(["J", "K"], text("orders.keys.tasks")),
      line(["D"], text("orders.tasks.complete")),
      line(["S"], text("orders.tasks.skip")),
      line(["U"], text("orders.tasks.reopen")),
      line(["N"], text("orders.tasks.notes")),
    ],
  };
  if (view === "detail") return [acts, tasks];
  const moves: KeyGroup = {
    title: text(`orders.view.${view}`),
    keys: view === "list"
      ? [line(["J"], text("orders.keys.next")), line(["K"], text("orders.keys.before")), line(["Enter"], text("orders.keys.open")), ...(may("workorder:bulk") ? [line(["X"], text("orders.keys.select"))] : [])]
      : view === "board"
        ? [line(["←", "↑", "↓", "→"], text("orders.keys.cards")), line(["Enter"], text("orders.keys.open"))]
        : [line(["Tab"], text("orders.keys.bars")), line(["Shift", "← →"], text("orders.keys.day")), line(["Shift", "↑ ↓"], text("orders.keys.half_hour")), line(["S"], text("orders.keys.schedule")), line(["Enter"], text("orders.keys.open"))],
  };
  return [moves, acts];
}
