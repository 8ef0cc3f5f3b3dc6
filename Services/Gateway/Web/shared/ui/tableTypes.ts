import type { ReactNode } from "react";
import type { ShownProblem } from "./States";

export interface Column<Row> {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Pixels, and more if the header or `words` need it and there is room; a column without one shares what is left. */
  width?: number;
  /** All that can stand in it, where that is a few words. */
  words?: readonly string[];
  /** The least width of a column that shares; 120 unless said. */
  minWidth?: number;
  align?: "start" | "end";
  /** Its header sorts. */
  sort?: boolean;
  /** Not shown until chosen. */
  hidden?: boolean;
  /** Cannot be hidden. */
  fixed?: boolean;
}

export interface Sort { key: string; direction: "ascending" | "descending" }

export interface TableProps<Row> {
  /** What the rows are, for screen readers. */
  label: string;
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  columns: readonly Column<Row>[];
  /** How many there are altogether, if not all are loaded. */
  total?: number | undefined;
  sort?: Sort | undefined;
  onSort?: (sort: Sort) => void;
  /** Enter or a click. */
  onOpen?: (row: Row) => void;
  /** Told which row the keys act on. */
  onActive?: ((row: Row | undefined) => void) | undefined;
  selected?: ReadonlySet<string>;
  /** Rows can be selected if this is given. */
  onSelect?: (selected: ReadonlySet<string>) => void;
  /** A row as a card, for narrow screens. */
  card?: (row: Row) => ReactNode;
  cardHeight?: number;
  rowHeight?: number;
  /** The row that is open beside the table. */
  current?: string | undefined;
  loading?: boolean;
  problem?: ShownProblem | undefined;
  retry?: (() => void) | undefined;
  /** Shown when there are no rows. */
  empty?: ReactNode;
  /** The end of the loaded rows is near: load the next page. */
  onEnd?: (() => void) | undefined;
  /** Filters and such, above the rows. */
  tools?: ReactNode;
  /** What can be done with the selected rows. */
  bulk?: ReactNode;
  /** Name under which the choice of columns is kept in this browser; without it there is no chooser. */
  remember?: string;
  /** Takes the height of its parent (a flex column) instead of growing up to `maxHeight`. */
  fill?: boolean;
  maxHeight?: number;
}
