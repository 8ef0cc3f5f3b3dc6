import { useState } from "react";
import { useText } from "../../shared/localization";
import { navigate, useSearch } from "../../shared/router";
import { useMay, useUser } from "../../shared/session/session";
import { ConfirmDialog, Menu, toast, type MenuEntry } from "../../shared/ui";
import { explain } from "../administration/useApiForm";
import { useNames } from "../people";
import { ManageViews } from "./ManageViews";
import { SaveViewDialog } from "./SaveViewDialog";
import { isSameQuery, removeView, useKeptFilters, useViews, type SavedView } from "./views";

type Open = { what: "save" | "manage" } | { what: "change" | "remove"; view: SavedView };

export const openView = ({ query }: SavedView): void => navigate(`/work-orders${query === "" ? "" : `?${query}`}`);

/** The lists that the person keeps, and those that others share. What is shown is the URL's to say: a view is a link with a name. */
export function ViewsMenu() {
  const text = useText();
  const may = useMay();
  const nameOf = useNames();
  const { id } = useUser();
  const [search] = useSearch();
  const { data, retry } = useViews();
  const [open, setOpen] = useState<Open | null>(null);
  useKeptFilters(id, retry);
  const views = data?.items ?? [];
  const here = search.toString();
  const shown = views.find((one) => isSameQuery(one.query, here));
  const [own, shared] = [views.filter((one) => one.ownerId === id), views.filter((one) => one.ownerId !== id)];
  const line = (all: MenuEntry[]): MenuEntry[] => (all.length > 0 ? [...all, "line"] : []);
  const item = (one: SavedView): MenuEntry => ({
    key: one.id, label: one.name, checked: one === shown, run: () => openView(one),
    ...(one.ownerId !== id ? { hint: nameOf(one.ownerId) } : one.isShared ? { hint: text("orders.view.shared") } : {}),
  });
  const toManage = () => setOpen({ what: "manage" });
  return (
    <>
      <Menu
        words icon="filter" label={shown ? shown.name : text("orders.view.saved")}
        items={[
          ...line(own.map(item)), ...line(shared.map(item)),
          { key: "save", label: text("orders.view.save"), icon: "plus", run: () => setOpen({ what: "save" }) },
          ...(views.length > 0 ? [{ key: "manage", label: text("orders.view.manage"), icon: "edit" as const, run: toManage }] : []),
        ]}
      />
      {open?.what === "save" && <SaveViewDialog query={here} saved={retry} close={() => setOpen(null)} />}
      {open?.what === "manage" && (
        <ManageViews
          views={views} shown={shown} mayRemove={(one) => one.ownerId === id || may("tenant:update")} mayChange={(one) => one.ownerId === id}
          change={(view) => setOpen({ what: "change", view })} remove={(view) => setOpen({ what: "remove", view })} close={() => setOpen(null)}
        />
      )}
      {open?.what === "change" && <SaveViewDialog view={open.view} query={here} saved={retry} close={toManage} />}
      {open?.what === "remove" && (
        <ConfirmDialog
          title={text("orders.view.remove_ask", { name: open.view.name })} confirm={text("orders.view.remove")} danger explain={explain} close={toManage}
          run={async () => {
            await removeView(open.view).finally(retry);
            toast({ tone: "success", text: text("orders.view.removed", { name: open.view.name }) });
          }}
        >
          {text(open.view.isShared ? "orders.view.remove_shared" : "orders.view.remove_text")}
        </ConfirmDialog>
      )}
    </>
  );
}
