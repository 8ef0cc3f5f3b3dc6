import { useState } from "react";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Button, Card, ConfirmDialog, ErrorState, IconButton, Menu, Skeleton, Table, toast, type Column, type MenuEntry } from "../../shared/ui";
import { readIfStale } from "../administration/readIfStale";
import { explain, shownProblem } from "../administration/useApiForm";
import { useUnitName } from "../costs/useUnitName";
import { isOpen, type WorkOrder } from "../orders/orders";
import { useKeys } from "../useKeys";
import { AddPart } from "./AddPart";
import { Movements } from "./Movements";
import { MovePartDialog } from "./MovePart";
import { partMoves, removePart, useMayWithParts, useParts, type MoveKind, type Part } from "./parts";
import { PlanDialog } from "./PlanDialog";
import { isMoreThanNone, trimmed } from "./quantity";

type Open = { what: "add" } | { what: "plan" | "movements" | "remove"; part: Part } | { what: "move"; part: Part; kind: MoveKind };
const figures = ["planned", "reserved", "issued", "used", "inHand"] as const;

/** The parts that work needs, and what has become of them. */
export function PartsCard({ order }: { order: WorkOrder }) {
  const text = useText();
  const format = useFormat();
  const unitOf = useUnitName();
  const may = useMayWithParts(order);
  const { parts, problem, retry } = useParts(order);
  const [open, setOpen] = useState<Open | null>(null);
  const mayAdd = may.plan || may.use;
  useKeys({ p: mayAdd ? () => setOpen({ what: "add" }) : undefined });
  const close = () => setOpen(null);
  // Whoever has a dialog open sees the part as it is now.
  const now = (part: Part) => parts?.find(({ id }) => id === part.id) ?? part;
  const mayChange = may.plan || may.setCost;

  const acts = (part: Part, isCard = false) => {
    const kinds = may.moves(part);
    const first = kinds[0];
    const items: MenuEntry[] = [
      ...kinds.slice(1).map((kind) => ({ key: kind, label: text(`orders.part.move.${kind}`), icon: partMoves[kind].icon, run: () => setOpen({ what: "move" as const, part, kind }) })),
      ...(kinds.length > 1 ? ["line" as const] : []),
      { key: "movements", label: text("orders.part.movements"), icon: "history", run: () => setOpen({ what: "movements", part }) },
      ...(mayChange ? [{ key: "plan", label: text("orders.part.plan"), icon: "edit" as const, run: () => setOpen({ what: "plan" as const, part }) }] : []),
      ...(may.plan ? [{ key: "remove", label: text("orders.part.remove"), icon: "trash" as const, run: () => setOpen({ what: "remove" as const, part }) }] : []),
    ];
    return (
      <span className="part-acts">
        {first && <First kind={first} part={part} isCard={isCard} open={() => setOpen({ what: "move", part, kind: first })} />}
        <Menu size="small" label={text("orders.part.more", { name: part.name })} items={items} />
      </span>
    );
  };
  const named = (part: Part) => (
    <span className="part-name">
      <span className="truncate" title={part.name} dir="auto">{part.name}</span>
      <bdi className="part-number muted truncate" title={part.number}>{part.number}</bdi>
    </span>
  );
  const quantity = (part: Part, one: (typeof figures)[number]) => {
    const words = format.decimal(trimmed(part[one]), one === "planned" ? unitOf(part.unit) : null);
    // Somebody has still to say what becomes of these.
    return one === "inHand" && isMoreThanNone(part.inHand) ? <strong>{words}</strong> : words;
  };
  const columns: Column<Part>[] = [
    { key: "part", header: text("orders.part.part"), minWidth: 130, fixed: true, cell: named },
    ...figures.map((one): Column<Part> => ({ key: one, header: text(`orders.part.${one}`), width: 84, align: "end", cell: (part) => quantity(part, one) })),
    { key: "acts", header: text("orders.more"), width: 88, fixed: true, align: "end", cell: (part) => acts(part) },
  ];
  const card = (part: Part) => (
    <div className="part-card">
      {named(part)}
      <dl className="part-figures">
        {figures.map((one) => <div key={one}><dt className="muted truncate">{text(`orders.part.${one}`)}</dt><dd>{quantity(part, one)}</dd></div>)}
      </dl>
      {acts(part, true)}
    </div>
  );
  const none = isOpen(order, "parts") ? "orders.part.none_yet" : "orders.part.none";
  return (
    <Card
      title={text("orders.parts")} flush className="parts"
      actions={mayAdd && <Button size="small" icon="plus" aria-keyshortcuts="p" onClick={() => setOpen({ what: "add" })}>{text("orders.part.add")}</Button>}
    >
      {!parts ? <div className="part-none">{problem ? <ErrorState problem={shownProblem(problem) ?? { message: "" }} retry={retry} /> : <Skeleton lines={3} />}</div>
        : parts.length === 0 ? <p className="part-none muted">{text(none)}</p>
        : <Table label={text("orders.parts")} rows={parts} rowKey={({ id }) => id} columns={columns} rowHeight={52} card={card} cardHeight={200} />}
      {open?.what === "add" && <AddPart order={order} may={may} added={retry} close={close} />}
      {open?.what === "plan" && <PlanDialog part={open.part} may={may} changed={retry} close={close} />}
      {open?.what === "move" && <MovePartDialog part={now(open.part)} kind={open.kind} kinds={may.moves(now(open.part))} maySetCost={may.setCost} moved={retry} close={close} />}
      {open?.what === "movements" && <Movements order={order} part={now(open.part)} may={may} changed={retry} close={close} />}
      {open?.what === "remove" && (
        <ConfirmDialog
          title={text("orders.part.remove_of", { name: open.part.name })} confirm={text("orders.part.remove")} danger explain={explain} close={close}
          run={async () => {
            await readIfStale(removePart(now(open.part)), retry);
            retry();
            toast({ tone: "success", text: text("orders.part.removed") });
          }}
        >
          {text("orders.part.remove_text")}
        </ConfirmDialog>
      )}
    </Card>
  );
}

/** What is done most often where the part stands: an icon in a row, a word on a card. */
function First({ kind, part, isCard, open }: { kind: MoveKind; part: Part; isCard: boolean; open: () => void }) {
  const text = useText();
  const act = text(`orders.part.move.${kind}`);
  const label = text("orders.part.act_on", { act, name: part.name });
  return isCard
    ? <Button size="small" icon={partMoves[kind].icon} aria-label={label} onClick={open}>{act}</Button>
    : <IconButton size="small" icon={partMoves[kind].icon} label={label} onClick={open} />;
}
