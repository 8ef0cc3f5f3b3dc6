import { listed, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useMay, useUser } from "../../../shared/session/session";
import { Card, classes, Icon, Skeleton, type IconName } from "../../../shared/ui";
import { isClosed, lacks, moves, movesOf, type Move, type WorkOrder } from "../../orders/orders";
import { useHistory } from "../../orders/useHistory";
import { useAsksHours, useAsksNotes, useLack, useMoveName } from "../../orders/useMoveWords";
import { useAmountRule } from "../../costs/estimates";
import { useRates } from "../../costs/costs";
import { useHours } from "../../hours/hours";
import { useKindName } from "../../permits/useKindName";
import { useMissingPermits } from "../../permits/useMissingPermits";
import { isUnsettled, useParts } from "../../parts/parts";

interface Line { key: string; icon: IconName; words: string; isMissing: boolean }

/** Which moves there are, what each of them needs, and what is missing for it; also for those that somebody else makes. */
export function NextSteps({ order }: { order: WorkOrder }) {
  const text = useText();
  const name = useMoveName(order);
  const linesOf = useLines(order);
  // What is always possible is no step of the work.
  const next = movesOf(order).filter((move) => move !== "cancel" && move !== "unschedule");
  // A move is under way: which ones are open after it is the server's to say.
  const isUnderWay = order.allowedTransitions.length === 0 && !isClosed(order);
  if (next.length === 0 && !isUnderWay) return null;
  return (
    <Card title={text("orders.next")}>
      {isUnderWay ? <Skeleton lines={3} /> : <ul className="orders-next" aria-label={text("orders.next")}>
        {next.map((move) => (
          <li key={move}>
            <div className="orders-next-move"><Icon name={moves[move].icon} size={14} />{name(order, move)}</div>
            {linesOf(move).map((line) => (
              <div key={line.key} className={classes("orders-next-need", line.isMissing && "orders-next-missing")}><Icon name={line.icon} size={12} /><span>{line.words}</span></div>
            ))}
          </li>
        ))}
      </ul>}
    </Card>
  );
}

function useLines(order: WorkOrder): (move: Move) => Line[] {
  const text = useText();
  const may = useMay();
  const { id } = useUser();
  const lack = useLack();
  const { submittedBy } = useHistory(order);
  const asksHours = useAsksHours()(order);
  const asksNotes = useAsksNotes(order)(order);
  const { entries: hours } = useHours(order);
  const ofHours = (): Line => hours?.length === 0
    ? { key: "hours", icon: "alert", words: text("orders.hours.missing_for_move"), isMissing: true }
    : { key: "hours", icon: hours ? "check" : "info", words: text("orders.hours.needed"), isMissing: false };
  const ofNotes = (): Line => ({ key: "notes", icon: order.completionNotes ? "check" : "info", words: text("orders.need.notes"), isMissing: false });
  const format = useFormat();
  const rule = useAmountRule(order);
  const currency = useRates(may("workorder-cost:read") && rule !== undefined).data?.currency;
  const ofAmount = (): Line[] => {
    if (!rule) return [];
    const amount = currency ? format.money({ amount: rule.amount, currency }) : format.decimal(rule.amount);
    const words = !rule.estimate ? text("orders.estimate.rule", { amount }) : text(rule.isAbove ? "orders.estimate.above" : "orders.estimate.below", { amount, estimate: format.money(rule.estimate.total) });
    return [{ key: "amount", icon: "info", words, isMissing: false }];
  };
  const { parts = [] } = useParts(order);
  const unsettled = parts.filter(isUnsettled).map(({ number }) => number);
  const ofParts = (): Line => unsettled.length > 0
    ? { key: "parts", icon: "alert", words: text("orders.part.open_for_move", { parts: listed(unsettled) }), isMissing: true }
    : { key: "parts", icon: "check", words: text("orders.part.needed"), isMissing: false };
  const missing = useMissingPermits(order);
  const kindName = useKindName();
  const ofPermits = (): Line[] => missing.map((kind) => ({ key: kind, icon: "alert", words: text("orders.permit.is_missing", { kind: kindName(kind) }), isMissing: true }));
  return (move) => {
    const { permission, needs = [] } = moves[move];
    const isMine = may(permission);
    return [
      ...(isMine ? [] : [{ key: permission, icon: "lock" as const, words: text("orders.next.right", { permission: text(`permissions.${permission}`) }), isMissing: true }]),
      // Without a plan there is no time that it could be near to; and nobody is asked for what they may not do.
      ...needs.filter((need) => (need !== "window" || order.scheduledStart) && (isMine || (need !== "reason" && need !== "times"))).map((need): Line => {
        const found = lacks(order, need, { self: id, submittedBy });
        // Whether it would be the same person says nothing to somebody who may not do it anyway.
        if (found && (isMine || need === "assignee" || need === "tasks")) return { key: need, icon: "alert", words: lack(order, need), isMissing: true };
        return { key: need, icon: found === false ? "check" : "info", words: text(`orders.need.${need}`), isMissing: false };
      }),
      ...(move === "start" || move === "resume" ? ofPermits() : []),
      ...(move === "complete" && asksHours ? [ofHours()] : []),
      ...(move === "complete" && asksNotes ? [ofNotes()] : []),
      ...(move === "submit" ? ofAmount() : []),
      ...(move === "complete" && parts.length > 0 ? [ofParts()] : []),
    ];
  };
}
