import { isValidElement, memo, type MouseEvent, type ReactNode } from "react";
import { useText } from "../localization";
import { classes } from "./classes";
import type { Column } from "./tableTypes";

interface TableRowProps<Row> {
  id: string;
  row: Row;
  index: number;
  top: number;
  height: number;
  columns: readonly Column<Row>[];
  selectable: boolean;
  selected: boolean;
  active: boolean;
  current: boolean;
  opens: boolean;
  onPress: (index: number, event: MouseEvent<HTMLElement>) => void;
  onToggle: (index: number, extend: boolean) => void;
}

function Drawn<Row>(props: TableRowProps<Row>) {
  const { id, row, index, top, height, columns, selectable, selected, active, current, opens, onPress, onToggle } = props;
  const text = useText();
  const shift = selectable ? 1 : 0;
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selectable ? selected : undefined}
      aria-current={current || undefined}
      className={classes("ui-table-row", active && "ui-table-active", (selected || current) && "ui-table-selected", opens && "ui-table-opens")}
      style={{ insetBlockStart: top, blockSize: height }}
      onClick={(event) => onPress(index, event)}
    >
      {selectable && (
        <div role="gridcell" aria-colindex={1} className="ui-table-check" onClick={(event) => { event.stopPropagation(); onToggle(index, event.shiftKey); }}>
          <input type="checkbox" tabIndex={-1} checked={selected} readOnly aria-label={text("ui.table.selectRow", { row: index + 1 })} />
        </div>
      )}
      {columns.map((column, position) => {
        const content = column.cell(row);
        return (
          <div
            key={column.key}
            role="gridcell"
            aria-colindex={position + 1 + shift}
            className={classes("ui-table-cell", column.align === "end" && "ui-table-end")}
            dir={isPlain(content) ? "auto" : undefined}
          >
            {content}
          </div>
        );
      })}
    </div>
  );
}

/** A text of its own direction: if it is too long, its end is cut off, also where it is Latin in an Arabic table. */
const isPlain = (content: ReactNode): boolean =>
  typeof content === "string" || (isValidElement<{ children?: ReactNode }>(content) && typeof content.props.children === "string");

/** Drawn again only if something of it has changed: that is what makes scrolling cheap. */
export const TableRow = /* @__PURE__ */ memo(Drawn) as typeof Drawn;
