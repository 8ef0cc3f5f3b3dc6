import { useMemo, useState } from "react";
import type { Column } from "./tableTypes";

type Choice = Record<string, boolean>;

/** Which columns are shown: as declared, until the reader has chosen; the choice stays in this browser. */
export function useColumns<Row>(columns: readonly Column<Row>[], remember: string | undefined) {
  const store = remember && `columns.${remember}`;
  const [choice, setChoice] = useState<Choice>(() => read(store));
  const shown = useMemo(
    () => columns.filter((column) => column.fixed || (choice[column.key] ?? !column.hidden)),
    [columns, choice],
  );
  const choose = (key: string, on: boolean) => {
    const next = { ...choice, [key]: on };
    setChoice(next);
    try {
      if (store) localStorage.setItem(store, JSON.stringify(next));
    } catch {
      // A browser that keeps nothing still shows what was chosen until the page is left.
    }
  };
  return { shown, choose };
}

function read(store: string | undefined): Choice {
  try {
    const kept: unknown = store ? JSON.parse(localStorage.getItem(store) ?? "{}") : {};
    return typeof kept === "object" && kept !== null ? (kept as Choice) : {};
  } catch {
    return {};
  }
}

/** The widths for CSS grid, and the least width at which nothing is squeezed. */
export function layout<Row>(columns: readonly Column<Row>[], selectable: boolean): { template: string; least: number } {
  const tracks = columns.map((column) => (column.width ? `${column.width}px` : `minmax(${column.minWidth ?? 120}px, 1fr)`));
  const least = columns.reduce((sum, column) => sum + (column.width ?? column.minWidth ?? 120), selectable ? 40 : 0);
  return { template: [...(selectable ? ["40px"] : []), ...tracks].join(" "), least };
}
