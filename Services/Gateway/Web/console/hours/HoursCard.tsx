import { useState } from "react";
import { Problem } from "../../shared/api/Problem";
import { problemText } from "../../shared/api/problemText";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { useMay, useUser } from "../../shared/session/session";
import { Button, Card, ErrorState, KeyValue, Menu, Skeleton, toast } from "../../shared/ui";
import { readIfStale } from "../administration/readIfStale";
import { shownProblem } from "../administration/useApiForm";
import type { WorkOrder } from "../orders/orders";
import { useNames } from "../people";
import { useZones } from "../places";
import { useKeys } from "../useKeys";
import { WhyDialog } from "../WhyDialog";
import { AddHours } from "./AddHours";
import { CorrectHours } from "./CorrectHours";
import { classes, hoursKinds, isRunning, removeHours, secondsOf, startClock, useHours, useMayRecord, type Hours, type HoursKind } from "./hours";
import { HoursEntry } from "./HoursEntry";
import { StopClock } from "./StopClock";

type Open = { what: "add" } | { what: "stop" | "correct" | "remove"; entry: Hours };

/** Who has worked on a work order and when, the clocks that run, and the person's own clock. */
export function HoursCard({ order }: { order: WorkOrder }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const { id } = useUser();
  const seesCosts = useMay()("workorder-cost:read");
  const zone = useZones()(order.siteId);
  const { entries, isCut, problem, retry } = useHours(order);
  const mayRecord = useMayRecord(order);
  const [open, setOpen] = useState<Open | null>(null);
  const [isStarting, setIsStarting] = useState(false);
  const own = entries?.find((entry) => entry.userId === id && isRunning(entry));
  const mayStart = mayRecord.own && order.phase === "in_progress" && entries !== undefined && !own;
  const start = async (kind: HoursKind) => {
    setIsStarting(true);
    try {
      await startClock(order, kind);
      toast({ tone: "success", text: text("orders.hours.started") });
    } catch (error) {
      toast({ tone: "danger", text: text("orders.hours.not_started", { why: problemText(Problem.from(error)) }) });
    } finally {
      retry();
      setIsStarting(false);
    }
  };
  useKeys({
    h: mayRecord.own ? () => setOpen({ what: "add" }) : undefined,
    i: !mayRecord.own || isStarting ? undefined : own ? () => setOpen({ what: "stop", entry: own }) : mayStart ? () => void start("work") : undefined,
  });
  const sums = classes.map((one) => ({ one, seconds: (entries ?? []).reduce((sum, entry) => sum + secondsOf(entry, one), 0) })).filter(({ seconds }) => seconds > 0);
  const close = () => setOpen(null);
  const actions = mayRecord.own && (
    <>
      {own && <Button kind="primary" size="small" icon="pause" aria-keyshortcuts="i" onClick={() => setOpen({ what: "stop", entry: own })}>{text("orders.hours.stop_own")}</Button>}
      {mayStart && <Button kind="primary" size="small" icon="play" busy={isStarting} aria-keyshortcuts="i" onClick={() => void start("work")}>{text("orders.hours.start")}</Button>}
      {mayStart && <Menu size="small" label={text("orders.hours.start_kind")} icon="more" items={hoursKinds.map((kind) => ({ key: kind, label: text(`orders.hours.start.${kind}`), run: () => void start(kind) }))} />}
      <Button size="small" icon="plus" aria-keyshortcuts="h" onClick={() => setOpen({ what: "add" })}>{text("orders.hours.add")}</Button>
    </>
  );
  return (
    <Card title={text("orders.hours")} actions={actions} className="hours">
      {!entries ? problem ? <ErrorState problem={shownProblem(problem) ?? { message: "" }} retry={retry} /> : <Skeleton lines={3} /> : (
        <div className="stack-tight">
          {entries.length === 0 && <p className="muted">{text(mayRecord.own ? "orders.hours.none_yet" : "orders.hours.none")}</p>}
          {sums.length > 0 && (
            <div className="hours-sums"><KeyValue
              columns
              entries={[
                { label: text("orders.hours.total"), value: <strong>{format.duration(sums.reduce((sum, { seconds }) => sum + seconds, 0) * 1000)}</strong> },
                ...(sums.length > 1 || sums[0]?.one !== "regular" ? sums.map(({ one, seconds }) => ({ label: text(`orders.hours.class.${one}`), value: format.duration(seconds * 1000) })) : []),
              ]}
            /></div>
          )}
          {isCut && <p className="muted">{text("orders.hours.cut")}</p>}
          {entries.length > 0 && (
            <ul className="hours-list" aria-label={text("orders.hours")}>
              {entries.map((entry) => (
                <HoursEntry
                  key={entry.id} entry={entry} zone={zone} mayChange={mayRecord.of(entry)} seesCosts={seesCosts}
                  stop={() => setOpen({ what: "stop", entry })} correct={() => setOpen({ what: "correct", entry })} remove={() => setOpen({ what: "remove", entry })}
                />
              ))}
            </ul>
          )}
        </div>
      )}
      {open?.what === "add" && <AddHours order={order} ofOthers={mayRecord.others} added={retry} close={close} />}
      {open?.what === "stop" && <StopClock entry={open.entry} isOwn={open.entry.userId === id} changed={retry} close={close} />}
      {open?.what === "correct" && <CorrectHours order={order} entry={open.entry} changed={retry} close={close} />}
      {open?.what === "remove" && (
        <WhyDialog
          title={text("orders.hours.remove_of", { name: nameOf(open.entry.userId) })} confirm={text("orders.hours.remove")} done={text("orders.hours.removed")} close={close}
          run={async (reason) => {
            const now = entries?.find((one) => one.id === open.entry.id) ?? open.entry;
            await readIfStale(removeHours(now, reason), retry);
            retry();
          }}
        >
          <p>{open.entry.endedAt ? format.range(open.entry.startedAt, open.entry.endedAt, zone) : text("orders.hours.since", { time: format.dateTime(open.entry.startedAt, zone) })}</p>
          <p className="muted">{text("orders.hours.remove_text")}</p>
        </WhyDialog>
      )}
    </Card>
  );
}
