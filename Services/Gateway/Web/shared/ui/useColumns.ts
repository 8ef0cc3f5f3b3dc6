import { useMemo, useState } from "react";
import type { Column } from "./tableTypes";
import { wordWidth } from "./wordWidth";

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

/** Beside the words of a cell: its padding, and the drawing of a state; beside those of a head: its padding, and the arrow of a sort. */
const besideWords = 24 + 18 + 2;
const besideHead = 24 + 2;
const sortArrow = 16;

/** What a column of a given width needs in the person's language. */
function needed<Row>({ width = 0, header, words = [], sort }: Column<Row>): number {
  const head = wordWidth(header, true) + besideHead + (sort ? sortArrow : 0);
  return Math.max(width, head, ...words.map((word) => wordWidth(word, false) + besideWords));
}

/** The widths for CSS grid, and the least width at which nothing is squeezed. Longer words of other languages have what room there is, before the columns that share it. */
export function layout<Row>(columns: readonly Column<Row>[], selectable: boolean): { template: string; least: number } {
  const tracks = columns.map((column) => (column.width ? `minmax(${column.width}px, ${needed(column)}px)` : `minmax(${column.minWidth ?? 120}px, 1fr)`));
  const least = columns.reduce((sum, column) => sum + (column.width ?? column.minWidth ?? 120), selectable ? 40 : 0);
  return { template: [...(selectable ? ["40px"] : []), ...tracks].join(" "), least };
}
