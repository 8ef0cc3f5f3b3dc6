import { useText } from "../localization";
import { Button } from "./Button";
import { Menu } from "./Menu";
import type { Column, TableProps } from "./tableTypes";

interface TableBarProps<Row> extends TableProps<Row> {
  shown: readonly Column<Row>[];
  choose: (key: string, on: boolean) => void;
  clear: () => void;
}

/** Above the rows: how many, what to do with the selected ones, filters, and the choice of columns. */
export function TableBar<Row>({ rows, total, selected, bulk, tools, columns, remember, shown, choose, clear, loading }: TableBarProps<Row>) {
  const text = useText();
  const count = selected?.size ?? 0;
  const choosable = remember ? columns.filter((column) => !column.fixed) : [];
  if (!tools && count === 0 && rows.length === 0) return null;
  return (
    <div className="ui-table-bar">
      {count > 0 ? (
        <div className="row" role="group" aria-label={text("ui.table.selected", { count })}>
          <strong>{text("ui.table.selected", { count })}</strong>
          {bulk}
          <Button kind="ghost" size="small" icon="close" onClick={clear}>{text("ui.table.clear")}</Button>
        </div>
      ) : tools}
      <div className="ui-table-bar-end">
        <span className="muted" role="status">
          {loading && rows.length === 0 ? "" : total !== undefined && total > rows.length
            ? text("ui.table.rowsOf", { loaded: rows.length, count: total })
            : text("ui.table.rows", { count: rows.length })}
        </span>
        {choosable.length > 0 && (
          <Menu
            label={text("ui.table.columns")}
            icon="columns"
            items={choosable.map((column) => ({
              key: column.key,
              label: column.header,
              checked: shown.includes(column),
              stays: true,
              run: () => choose(column.key, !shown.includes(column)),
            }))}
          />
        )}
      </div>
    </div>
  );
}
