import { type CSSProperties, type KeyboardEvent, type MouseEvent, useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import { useText } from "../localization";
import { classes } from "./classes";
import { isControl, moved } from "./keys";
import { TableBar } from "./TableBar";
import { TableHead } from "./TableHead";
import { TableRow } from "./TableRow";
import { TableStates } from "./TableStates";
import type { Column, TableProps } from "./tableTypes";
import { useAnchor } from "./useAnchor";
import { layout, useColumns } from "./useColumns";
import { useNarrow } from "./useNarrow";
import { useSelection } from "./useSelection";
import { scaledHeight, useVirtual } from "./useVirtual";

const none: ReadonlySet<string> = new Set();

/** Rows in columns; a hundred thousand of them scroll smoothly, because only those in sight are drawn. */
export function Table<Row>(props: TableProps<Row>) {
  const { label, rows, rowKey, columns, sort, onSort, onOpen, onSelect, card, current, onEnd, fill = false, maxHeight = 560 } = props;
  const selected = props.selected ?? none;
  const text = useText();
  const prefix = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActiveRow] = useState(0);
  const activeKey = useRef<string>();
  const narrow = useNarrow(scroller) && card !== undefined;
  const selectable = onSelect !== undefined;

  const { shown, choose } = useColumns(columns, props.remember);
  const asCards = useMemo<Column<Row>[]>(() => (card ? [{ key: "card", header: label, cell: card }] : []), [card, label]);
  const drawn = narrow ? asCards : shown;
  const { template, least } = layout(drawn, selectable);
  const rowHeight = scaledHeight(narrow ? props.cardHeight ?? 76 : props.rowHeight ?? 36);
  const head = narrow ? 0 : scaledHeight(34);
  const view = useVirtual(scroller, rows.length, rowHeight, head);

  useAnchor(scroller, rows, rowKey, rowHeight);

  const keyAt = (index: number) => { const row = rows[index]; return row === undefined ? undefined : rowKey(row); };
  const { toggle, all } = useSelection(keyAt, rows.length, selected, onSelect);
  const latest = useRef({ rows, rowKey, onOpen, onActive: props.onActive });
  latest.current = { rows, rowKey, onOpen, onActive: props.onActive };
  const setActive = useCallback((index: number) => {
    const row = latest.current.rows[index];
    activeKey.current = row === undefined ? undefined : latest.current.rowKey(row);
    setActiveRow(index);
  }, []);
  // A row that goes to another place stays the active one: keys never act on another that has come to its place.
  const place = useMemo(
    () => (activeKey.current === undefined || keyAt(active) === activeKey.current ? -1 : rows.findIndex((row) => rowKey(row) === activeKey.current)),
    [rows, active],
  );
  const at = place >= 0 ? place : Math.min(active, Math.max(0, rows.length - 1));
  useEffect(() => {
    if (at !== active) setActiveRow(at);
    if (activeKey.current !== undefined) activeKey.current = keyAt(at);
  }, [at, rows]);

  const activeRow = rows[at];
  useEffect(() => latest.current.onActive?.(activeRow), [activeRow]);
  const press = useCallback((index: number, event: MouseEvent<HTMLElement>) => {
    if (isControl(event.target, event.currentTarget) || window.getSelection()?.type === "Range") return;
    setActive(index);
    const row = latest.current.rows[index];
    if (event.shiftKey || event.metaKey || event.ctrlKey) toggle(index, event.shiftKey);
    else if (row !== undefined) latest.current.onOpen?.(row);
  }, [setActive, toggle]);

  const keyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current.clientHeight - head) / rowHeight) - 1);
    const row = rows[at];
    const next = event.ctrlKey || event.metaKey ? undefined : moved(event.key, at, rows.length, page);
    if (next !== undefined) {
      if (event.shiftKey && selectable) {
        if (!selected.has(keyAt(at) ?? "")) toggle(at, false);
        toggle(next, true);
      }
      setActive(next);
      view.reveal(next);
    } else if (event.key === "Enter" && row !== undefined && onOpen) onOpen(row);
    else if ((event.key === " " || event.key === "x") && selectable && row !== undefined) toggle(at, event.shiftKey);
    else if (event.key === "a" && (event.ctrlKey || event.metaKey) && selectable) all(true);
    else if (event.key === "Escape" && selected.size > 0) all(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const nearEnd = rows.length > 0 && view.last >= rows.length - 5;
  useEffect(() => { if (nearEnd) onEnd?.(); }, [nearEnd, rows.length, onEnd]);

  const indices = Array.from({ length: Math.max(0, view.last - view.first) }, (_, offset) => view.first + offset);
  // The active row is always there, since the grid names it as its active descendant.
  if (rows.length > 0 && (at < view.first || at >= view.last)) indices.push(at);
  const everything = rows.length > 0 && selected.size >= rows.length;

  return (
    <div className={classes("ui-table", fill && "ui-table-fill", narrow && "ui-table-cards")}>
      <TableBar {...props} columns={narrow ? [] : columns} shown={shown} choose={choose} clear={() => all(false)} />
      <div
        ref={scroller}
        className="ui-table-scroller"
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={(props.total ?? rows.length) + 1}
        aria-colcount={drawn.length + (selectable ? 1 : 0)}
        aria-multiselectable={selectable || undefined}
        aria-busy={props.loading || undefined}
        onFocus={() => { activeKey.current ??= keyAt(at); }}
        aria-activedescendant={rows.length > 0 ? `${prefix}-${at}` : undefined}
        onKeyDown={keyDown}
        style={{ "--columns": template, "--least": `${least}px`, maxBlockSize: fill ? undefined : maxHeight } as CSSProperties}
      >
        <TableHead
          columns={drawn}
          sort={sort}
          onSort={narrow ? undefined : onSort}
          check={selectable && (
            <input
              type="checkbox"
              aria-label={text("ui.table.selectAll")}
              checked={everything}
              ref={(box) => { if (box) box.indeterminate = selected.size > 0 && !everything; }}
              onChange={() => all(!everything)}
            />
          )}
        />
        <div role={rows.length > 0 ? "rowgroup" : undefined} className="ui-table-body" style={{ blockSize: view.height }}>
          {indices.map((index) => {
            const row = rows[index];
            if (row === undefined) return null;
            const key = rowKey(row);
            return (
              <TableRow
                key={key} id={`${prefix}-${index}`} row={row} index={index} top={index * rowHeight} height={rowHeight} columns={drawn}
                selectable={selectable} selected={selected.has(key)} active={index === at} current={current === key}
                opens={onOpen !== undefined} onPress={press} onToggle={toggle}
              />
            );
          })}
        </div>
      </div>
      <TableStates {...props} />
    </div>
  );
}
