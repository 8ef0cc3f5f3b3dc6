import { useState } from "react";
import { Problem } from "../../shared/data";
import { useLocalization, useText } from "../../shared/localization";
import { Button, Combobox, ConfirmDialog, DateField, RadioGroup, Select, toast } from "../../shared/ui";
import { explain, useApiForm } from "../administration/useApiForm";
import { useCrews } from "../crews/crews";
import { FormDialog } from "../pages/assets/FormDialog";
import { findPeople, usePerson } from "../people";
import { dayWords } from "./words";
import { addTurn, endTurn, removeTurn, type Shift, type Turn, type TurnDraft } from "./shifts";

interface DialogProps { changed: () => void; close: () => void }

/** Puts somebody, or a crew, on a shift from a day on. */
export function AddTurnDialog({ shift, first, userId, changed, close }: DialogProps & { shift: Shift; first: string; userId: string | null }) {
  const text = useText();
  const crews = useCrews(shift.siteId).data?.items ?? [];
  const [initial] = useState<TurnDraft>(() => ({ who: "person", userId, crewId: "", first, last: "" }));
  const form = useApiForm<TurnDraft>({
    initial,
    check: ({ who, userId: person, crewId, first: from, last }) => ({
      ...(who === "person" && !person ? { userId: text("admin.needed") } : {}), ...(who === "crew" && !crewId ? { crewId: text("admin.needed") } : {}),
      ...(from ? {} : { first: text("admin.needed") }), ...(last && last < from ? { last: text("rules.before_first") } : {}),
    }),
    submit: async (draft) => {
      await addTurn(shift, draft);
      changed();
      form.reset(initial);
      close();
      toast({ tone: "success", text: text("admin.shift.is_on", { name: (draft.who === "person" ? person?.name : crews.find(({ id }) => id === draft.crewId)?.name) ?? "", shift: shift.name }) });
    },
  });
  const { values } = form;
  const person = usePerson(values.userId);
  return (
    <FormDialog title={text("admin.shift.put_on_of", { shift: shift.name })} form={form} confirm={text("admin.shift.put_on")} close={close}>
      {crews.length > 0 && (
        <RadioGroup
          label={text("admin.shift.who")} required {...form.field("who")}
          options={[{ value: "person" as const, label: text("admin.shift.person") }, { value: "crew" as const, label: text("admin.shift.crew"), hint: text("admin.shift.crew_hint") }]}
        />
      )}
      {values.who === "person"
        ? <Combobox label={text("orders.schedule.board.person")} required placeholder={text("orders.assign.placeholder")} options={findPeople} valueLabel={person?.name} {...form.field("userId")} />
        : <Select label={text("orders.assign.crew")} required placeholder={text("orders.assign.no_crew")} options={crews.map(({ id, code, name }) => ({ value: id, label: `${code} – ${name}` }))} {...form.field("crewId")} />}
      <div className="ui-form-row">
        <DateField label={text("admin.timeoff.first")} required {...form.field("first")} />
        <DateField label={text("admin.timeoff.last")} required={false} hint={text("admin.shift.last_hint")} {...form.field("last")} />
      </div>
    </FormDialog>
  );
}

/** Says until when somebody is on a shift, or takes it back. */
export function TurnDialog({ shift, turn, name, changed, close }: DialogProps & { shift: Shift; turn: Turn; name: string }) {
  const text = useText();
  const { locale } = useLocalization();
  const [isRemoving, setRemoving] = useState(false);
  const [initial] = useState({ last: turn.last ?? "" });
  const form = useApiForm({
    initial,
    check: ({ last }) => (last && last < turn.first ? { last: text("rules.before_first") } : {}),
    submit: async ({ last }) => {
      await endTurn(turn, last);
      changed();
      form.reset(initial);
      close();
      toast({ tone: "success", text: text("admin.saved") });
    },
  });
  if (isRemoving) {
    return (
      <ConfirmDialog
        title={text("admin.shift.take_off_title", { name, shift: shift.name })} confirm={text("admin.shift.take_off")} danger explain={explain} close={close}
        run={async () => {
          // Somebody else may have been faster: it is as it should be.
          await removeTurn(turn).catch((error: unknown) => { if (Problem.from(error).code !== "not_found") throw error; });
          changed();
          toast({ tone: "success", text: text("admin.shift.was_off", { name, shift: shift.name }) });
        }}
      >
        {text("admin.shift.take_off_text")}
      </ConfirmDialog>
    );
  }
  return (
    <FormDialog title={text("admin.shift.turn", { name, shift: shift.name })} form={form} confirm={text("plant.save")} size="small" close={close}>
      <p>{text("admin.shift.since", { day: dayWords(locale, turn.first) })}</p>
      <DateField label={text("admin.timeoff.last")} required={false} min={turn.first} hint={text("admin.shift.last_hint")} {...form.field("last")} />
      <div><Button icon="trash" onClick={() => setRemoving(true)}>{text("admin.shift.take_off")}</Button></div>
    </FormDialog>
  );
}
