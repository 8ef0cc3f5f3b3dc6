import { useState } from "react";
import { useText } from "../../shared/localization";
import { NumberField, TextArea, toast } from "../../shared/ui";
import { useApiForm } from "../administration/useApiForm";
import { FormDialog } from "../pages/assets/FormDialog";
import { useNames } from "../people";
import { stopClock, type Hours } from "./hours";

interface Stop { breakMinutes: number | null; note: string }

/** The clock stops now. Breaks are asked for here, since nobody writes them down later. Enter stops. */
export function StopClock({ entry, isOwn, changed, close }: { entry: Hours; isOwn: boolean; changed: () => void; close: () => void }) {
  const text = useText();
  const nameOf = useNames();
  const [initial] = useState<Stop>({ breakMinutes: null, note: entry.note ?? "" });
  const form = useApiForm<Stop>({
    initial,
    submit: async ({ breakMinutes, note }) => {
      await stopClock(entry, { ...(breakMinutes === null ? {} : { breakMinutes }), ...(note.trim() === "" ? {} : { note: note.trim() }) });
      changed();
      form.reset(initial);
      close();
      toast({ tone: "success", text: text("orders.hours.stopped") });
    },
  });
  return (
    <FormDialog title={isOwn ? text("orders.hours.stop") : text("orders.hours.stop_of", { name: nameOf(entry.userId) })} form={form} confirm={text("orders.hours.stop")} size="small" close={close}>
      <NumberField label={text("orders.hours.break")} unit={text("orders.hours.minutes")} min={0} max={1440} digits={0} required={false} hint={text("orders.hours.break_hint")} {...form.field("breakMinutes")} />
      <TextArea label={text("orders.hours.note")} required={false} rows={2} maxLength={2000} {...form.field("note")} />
    </FormDialog>
  );
}
