import { useState } from "react";
import { Problem } from "../../shared/data";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { TextArea, toast } from "../../shared/ui";
import { ConflictDialog } from "../administration/ConflictDialog";
import { useApiForm } from "../administration/useApiForm";
import type { WorkOrder } from "../orders/orders";
import { FormDialog } from "../pages/assets/FormDialog";
import { useNames } from "../people";
import { useZones } from "../places";
import { changedFields, correctHours, draftOf, isRunning, readHours, type Draft, type Hours, type HoursKind } from "./hours";
import { HoursFields, useHoursCheck } from "./HoursFields";

interface CorrectHoursProps { order: WorkOrder; entry: Hours; changed: () => void; close: () => void }
type Fields = Omit<Draft, "userId">;
type Correction = Draft & { reason: string };

/** Hours that were written down wrongly. Why they changed is kept with them. */
export function CorrectHours({ order, entry, changed, close }: CorrectHoursProps) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const zone = useZones()(order.siteId);
  const check = useHoursCheck();
  const runs = isRunning(entry);
  const [initial] = useState<Correction>(() => ({ ...draftOf(entry), reason: "" }));
  const [conflict, setConflict] = useState<{ theirs: Hours; yours: Correction }>();
  const send = async (from: Hours, values: Correction) => {
    await correctHours(from, values, values.reason.trim());
    changed();
    form.reset(initial);
    close();
    toast({ tone: "success", text: text("orders.hours.corrected") });
  };
  const form = useApiForm<Correction>({
    initial,
    check: (values) => {
      const fields = changedFields(initial, values);
      return {
        ...(fields.length > 0 ? {} : { startedAt: text("admin.nothingChanged") }),
        // A clock that was stopped at once has no length, and stays possible.
        ...(fields.includes("startedAt") || fields.includes("endedAt") ? check(values, runs) : {}),
        ...(values.reason.trim() ? {} : { reason: text("orders.move.reason_missing") }),
      };
    },
    submit: async (values) => {
      try {
        await send(entry, values);
      } catch (error) {
        if (Problem.from(error).code === "stale_version") {
          changed();
          const theirs = await readHours(entry);
          if (theirs) setConflict({ theirs, yours: values });
        }
        throw error;
      }
    },
  });
  const labels = { kind: text("orders.hours.kind"), startedAt: text("orders.hours.from"), endedAt: text("orders.hours.to"), breakMinutes: text("orders.hours.break"), note: text("orders.hours.note") };
  const shown = (name: keyof Fields, value: unknown) =>
    value === null || value === undefined || value === "" ? ""
    : name === "kind" ? text(`orders.hours.kind.${value as HoursKind}`)
    : name === "startedAt" || name === "endedAt" ? format.dateTime(String(value), zone)
    : name === "breakMinutes" ? format.duration(Number(value) * 60_000)
    : String(value);
  return (
    <>
      <FormDialog title={text("orders.hours.correct_of", { name: nameOf(entry.userId) })} form={form} confirm={text("orders.hours.correct")} close={close}>
        <HoursFields form={form} zone={zone} runs={runs} />
        <TextArea label={text("orders.hours.why")} required rows={2} maxLength={2000} {...form.field("reason")} />
      </FormDialog>
      {conflict && (
        <ConflictDialog<Fields>
          base={initial} theirs={draftOf(conflict.theirs)} yours={conflict.yours} labels={labels} shown={shown} close={() => setConflict(undefined)}
          save={(values) => send(conflict.theirs, { ...conflict.yours, ...values })}
        />
      )}
    </>
  );
}
