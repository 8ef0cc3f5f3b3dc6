import { useState } from "react";
import { useText } from "../../../shared/localization";
import { navigate, useSearch } from "../../../shared/router";
import { useUser } from "../../../shared/session/session";
import { Button, Dialog, Menu, TextField } from "../../../shared/ui";

interface Saved { name: string; search: string }

const storeOf = (user: string) => `dcmms.orders.filters.${user}`;

function read(user: string): Saved[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storeOf(user)) ?? "[]");
    return Array.isArray(kept) ? (kept as Saved[]).filter((one) => typeof one?.name === "string" && typeof one.search === "string") : [];
  } catch {
    return [];
  }
}

/** Filters under a name, each a link. They stay in this browser, and are the person's own. */
export function SavedFilters() {
  const text = useText();
  const user = useUser();
  const [search] = useSearch();
  const [saved, setSaved] = useState(() => read(user.id));
  const [name, setName] = useState<string | null>(null);
  const here = search.toString();
  const current = saved.find((one) => one.search === here);
  const keep = (next: Saved[]) => {
    setSaved(next);
    try {
      localStorage.setItem(storeOf(user.id), JSON.stringify(next));
    } catch {
      // A browser that keeps nothing has them until the page is left.
    }
  };
  const save = () => {
    const words = name?.trim() ?? "";
    if (words === "") return;
    keep([...saved.filter((one) => one.name !== words), { name: words, search: here }]);
    setName(null);
  };
  return (
    <>
      <Menu
        words icon="filter" label={current ? current.name : text("orders.saved")}
        items={[
          ...saved.map((one) => ({ key: `go ${one.name}`, label: one.name, checked: one === current, run: () => navigate(`/work-orders?${one.search}`) })),
          ...(saved.length > 0 ? ["line" as const] : []),
          { key: "save", label: text("orders.saved.save"), icon: "plus", run: () => setName("") },
          ...(current ? [{ key: "remove", label: text("orders.saved.remove", { name: current.name }), icon: "trash" as const, danger: true, run: () => keep(saved.filter((one) => one !== current)) }] : []),
        ]}
      />
      {name !== null && (
        <Dialog
          title={text("orders.saved.title")} size="small" close={() => setName(null)}
          actions={<><Button onClick={() => setName(null)}>{text("ui.cancel")}</Button><Button kind="primary" type="submit" form="orders-save">{text("orders.saved.confirm")}</Button></>}
        >
          <form id="orders-save" onSubmit={(event) => { event.preventDefault(); save(); }}>
            <TextField label={text("orders.saved.name")} value={name} onChange={setName} maxLength={60} autoFocus />
          </form>
        </Dialog>
      )}
    </>
  );
}
