import { useState } from "react";
import { Problem } from "../../shared/data";
import { useText } from "../../shared/localization";
import { useMay } from "../../shared/session/session";
import { ChangeList, Checkbox, TextField, toast } from "../../shared/ui";
import { useApiForm } from "../administration/useApiForm";
import { FormDialog } from "../pages/assets/FormDialog";
import { addView, changeView, isSameQuery, readView, type SavedView } from "./views";

interface SaveViewProps {
  /** The one that is changed; none: a new one. */
  view?: SavedView;
  /** What the page shows now. */
  query: string;
  saved: () => void;
  close: () => void;
}

interface Draft { name: string; isShared: boolean; takesQuery: boolean }

/** A name for what the page shows, and whether others have it too. */
export function SaveViewDialog({ view, query, saved, close }: SaveViewProps) {
  const text = useText();
  const mayShare = useMay()("workorder:assign");
  const [base, setBase] = useState(view);
  const [before, setBefore] = useState<SavedView>();
  const [initial] = useState<Draft>({ name: view?.name ?? "", isShared: view?.isShared ?? false, takesQuery: false });
  const form = useApiForm<Draft>({
    initial,
    check: ({ name }) => (name.trim() ? {} : { name: text("rules.required") }),
    submit: async ({ name, isShared, takesQuery }) => {
      const body = { name: name.trim(), query: base && !takesQuery ? base.query : query, isShared };
      try {
        await (base ? changeView(base, body) : addView(body));
      } catch (error) {
        if (base && Problem.from(error).code === "stale_version") {
          setBefore(base);
          setBase((await readView(base)) ?? base);
        }
        throw error;
      } finally {
        saved();
      }
      form.reset(initial);
      close();
      toast({ tone: "success", text: text("orders.view.is_saved", { name: body.name }) });
    },
  });
  const shared = (is: boolean) => text(is ? "orders.view.shared" : "orders.view.own");
  const changes = before && base ? [
    { field: "name", label: text("orders.view.name"), before: before.name, after: base.name },
    { field: "shared", label: text("orders.view.visible"), before: shared(before.isShared), after: shared(base.isShared) },
    // What a query says is not for people: that it is another one is.
    { field: "query", label: text("orders.filters"), before: text("orders.view.filters_before"), after: isSameQuery(before.query, base.query) ? text("orders.view.filters_before") : text("orders.view.filters_other") },
  ].filter((one) => one.before !== one.after) : [];
  return (
    <FormDialog title={text(view ? "orders.view.change" : "orders.view.save")} form={form} confirm={text("orders.save")} size="small" close={close}>
      {changes.length > 0 && <ChangeList changes={changes} />}
      <TextField label={text("orders.view.name")} required maxLength={80} {...form.field("name")} />
      {(mayShare || initial.isShared) && (
        <Checkbox label={text("orders.view.share")} hint={text("orders.view.share_hint")} {...form.field("isShared")} />
      )}
      {view && !isSameQuery(view.query, query) && <Checkbox label={text("orders.view.take_query")} hint={text("orders.view.take_query_hint")} {...form.field("takesQuery")} />}
    </FormDialog>
  );
}
