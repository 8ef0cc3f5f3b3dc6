import type { ReactNode } from "react";
import { useText } from "../localization";
import { classes } from "./classes";
import { Icon } from "./Icon";
import type { Column, Sort } from "./tableTypes";

interface TableHeadProps<Row> {
  columns: readonly Column<Row>[];
  sort: Sort | undefined;
  onSort: ((sort: Sort) => void) | undefined;
  /** The box that selects all rows, if rows can be selected. */
  check: ReactNode;
}

export function TableHead<Row>({ columns, sort, onSort, check }: TableHeadProps<Row>) {
  const text = useText();
  const shift = check ? 1 : 0;
  return (
    <div role="rowgroup" className="ui-table-head">
      <div role="row" aria-rowindex={1} className="ui-table-headrow">
        {check && <div role="columnheader" aria-colindex={1} className="ui-table-check">{check}</div>}
        {columns.map((column, position) => {
          const sorted = sort?.key === column.key ? sort.direction : undefined;
          return (
            <div
              key={column.key}
              role="columnheader"
              aria-colindex={position + 1 + shift}
              aria-sort={column.sort && onSort ? sorted ?? "none" : undefined}
              className={classes("ui-table-headcell", column.align === "end" && "ui-table-end")}
            >
              {column.sort && onSort ? (
                <button
                  type="button"
                  className="ui-table-sort"
                  title={text("ui.table.sortBy", { column: column.header })}
                  onClick={() => onSort({ key: column.key, direction: sorted === "ascending" ? "descending" : "ascending" })}
                >
                  <span className="ui-table-word">{column.header}</span>
                  <Icon name={sorted === "descending" ? "arrow-down" : sorted ? "arrow-up" : "sort"} size={12} className={sorted ? undefined : "ui-table-unsorted"} />
                </button>
              ) : <span className="ui-table-word">{column.header}</span>}
            </div>
          );
        })}
      </div>
    </div>
  );
}
