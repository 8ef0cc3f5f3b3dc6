import { useState } from "react";
import { Problem } from "../../shared/data";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { ConfirmDialog, DecimalField, Select, TextArea, toast } from "../../shared/ui";
import { ConflictDialog } from "../administration/ConflictDialog";
import { readIfStale } from "../administration/readIfStale";
import { explain, useApiForm } from "../administration/useApiForm";
import { FormDialog } from "../pages/assets/FormDialog";
import { useQuantityCheck } from "../parts/useQuantityCheck";
import { useSites } from "../places";
import { budgetCategories, changeBudget, createBudget, readBudget, removeBudget, useBudgetName, years, type Budget, type BudgetCategory } from "./budgets";

interface Draft { siteId: string; year: string; category: BudgetCategory | ""; amount: string; note: string }

/** A budget for a year, a site or all of them, and a category or all of them. */
export function NewBudget({ year, siteId, currency, created, close }: { year: number; siteId: string; currency: string; created: (budget: Budget) => void; close: () => void }) {
  const text = useText();
  const sites = useSites();
  const check = useQuantityCheck();
  const [initial] = useState<Draft>({ siteId, year: String(year), category: "", amount: "", note: "" });
  const form = useApiForm<Draft>({
    initial,
    check: ({ amount }) => check("amount", amount),
    submit: async (values) => {
      const note = values.note.trim();
      const made = await createBudget({
        year: Number(values.year), amount: values.amount,
        ...(values.siteId ? { siteId: values.siteId } : {}), ...(values.category ? { category: values.category } : {}), ...(note ? { note } : {}),
      });
      form.reset(initial);
      close();
      toast({ tone: "success", text: text("orders.budget.created") });
      created(made);
    },
  });
  return (
    <FormDialog title={text("orders.budget.new")} form={form} confirm={text("orders.budget.create")} close={close}>
      <div className="ui-form-row">
        <Select label={text("orders.budget.year")} options={years(year).map((one) => ({ value: String(one), label: String(one) }))} {...form.field("year")} />
        <Select label={text("orders.site")} placeholder={text("orders.budget.all_sites")} options={[...sites.values()].map(({ id, name }) => ({ value: id, label: name }))} {...form.field("siteId")} />
      </div>
      <div className="ui-form-row">
        <Select label={text("orders.cost.category")} placeholder={text("orders.budget.everything")} options={budgetCategories.map((value) => ({ value, label: text(`orders.cost.category.${value}`) }))} {...form.field("category")} />
        <DecimalField label={text("orders.budget.amount")} required unit={currency} {...form.field("amount")} />
      </div>
      <TextArea label={text("orders.budget.note")} required={false} rows={2} maxLength={2000} {...form.field("note")} />
    </FormDialog>
  );
}

interface Change { amount: string; note: string }
const changeOf = ({ amount, note }: Budget): Change => ({ amount: amount.amount, note: note ?? "" });

/** Another amount, or another note. */
export function EditBudget({ budget, changed, close }: { budget: Budget; changed: () => void; close: () => void }) {
  const text = useText();
  const format = useFormat();
  const name = useBudgetName()(budget);
  const check = useQuantityCheck();
  const [initial] = useState(() => changeOf(budget));
  const [conflict, setConflict] = useState<{ theirs: Budget; yours: Change }>();
  const isSame = (values: Change) => values.amount === initial.amount && values.note.trim() === initial.note;
  const send = async (from: Budget, { amount, note }: Change) => {
    await changeBudget(from, { amount, note: note.trim() || null });
    changed();
    form.reset(initial);
    close();
    toast({ tone: "success", text: text("admin.saved") });
  };
  const form = useApiForm<Change>({
    initial,
    check: (values) => ({ ...(isSame(values) ? { amount: text("admin.nothingChanged") } : {}), ...check("amount", values.amount) }),
    submit: async (values) => {
      try {
        await send(budget, values);
      } catch (error) {
        if (Problem.from(error).code === "stale_version") {
          changed();
          setConflict({ theirs: await readBudget(budget), yours: values });
        }
        throw error;
      }
    },
  });
  const { currency } = budget.amount;
  return (
    <>
      <FormDialog title={text("orders.budget.change_of", { name, year: String(budget.year) })} form={form} confirm={text("orders.save")} close={close}>
        <DecimalField label={text("orders.budget.amount")} required unit={currency} {...form.field("amount")} />
        <TextArea label={text("orders.budget.note")} required={false} rows={2} maxLength={2000} {...form.field("note")} />
      </FormDialog>
      {conflict && (
        <ConflictDialog<Change>
          base={initial} theirs={changeOf(conflict.theirs)} yours={conflict.yours} labels={{ amount: text("orders.budget.amount"), note: text("orders.budget.note") }}
          shown={(field, value) => (field === "amount" ? format.money({ amount: String(value), currency }) : String(value))}
          close={() => setConflict(undefined)} save={(values) => send(conflict.theirs, values)}
        />
      )}
    </>
  );
}

/** A budget goes; what is booked stays. */
export function RemoveBudget({ budget, removed, read, close }: { budget: Budget; removed: () => void; read: () => void; close: () => void }) {
  const text = useText();
  const name = useBudgetName()(budget);
  return (
    <ConfirmDialog
      title={text("orders.budget.remove_of", { name, year: String(budget.year) })} confirm={text("orders.budget.remove")} danger explain={explain} close={close}
      run={async () => {
        await readIfStale(removeBudget(budget), read);
        toast({ tone: "success", text: text("orders.budget.removed") });
        removed();
      }}
    >
      {text("orders.budget.remove_text")}
    </ConfirmDialog>
  );
}
