import { type KeyboardEvent, useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import { useText } from "../../../shared/localization";
import { navigate } from "../../../shared/router";
import { toast } from "../../../shared/ui";
import { arrow, moved } from "../../../shared/ui/keys";
import { scaledHeight, useVirtual } from "../../../shared/ui/useVirtual";
import { rowsOf, whyNotBelow, type Node } from "./tree";
import { TreeRow, type RowHandlers } from "./TreeRow";

export interface AssetTreeProps {
  roots: readonly Node[];
  shown: Set<Node> | null;
  found: Set<Node> | null;
  open: ReadonlySet<string>;
  setOpen: (open: ReadonlySet<string>) => void;
  /** Not given to who may not move assets. */
  onMove?: ((node: Node, target: Node) => void) | undefined;
  onChoosePlace?: ((node: Node) => void) | undefined;
}

export const addressOf = (node: Node): string => (node.asset ? `/assets/${node.id}` : `/sites/${node.id}`);

/** Sites and assets as a tree; ten thousand of them scroll, because only those in sight are drawn. */
export function AssetTree({ roots, shown, found, open, setOpen, onMove, onChoosePlace }: AssetTreeProps) {
  const text = useText();
  const prefix = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [activeId, setActiveId] = useState<string>();
  const [dragged, setDragged] = useState<Node>();
  const [over, setOver] = useState<string>();
  // A search opens what leads to its findings; to close one by hand would hide them.
  const rows = useMemo(() => rowsOf(roots, shown, (node) => shown !== null || open.has(node.id)), [roots, shown, open]);
  const rowHeight = scaledHeight(34);
  const view = useVirtual(scroller, rows.length, rowHeight);
  const at = Math.max(0, rows.findIndex((row) => row.node.id === activeId));

  const toggle = useCallback((node: Node, isOpen: boolean) => {
    const next = new Set(open);
    if (isOpen) next.add(node.id);
    else next.delete(node.id);
    setOpen(next);
  }, [open, setOpen]);

  const go = (index: number) => {
    const row = rows[index];
    if (!row) return;
    setActiveId(row.node.id);
    view.reveal(index);
  };
  const keyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const row = rows[at];
    if (event.target !== scroller.current || !row || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = moved(event.key, at, rows.length, Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1));
    const direction = arrow(event.key, event.currentTarget);
    if (next !== undefined) go(next);
    else if (direction === "next" && row.isOpen === false) toggle(row.node, true);
    else if (direction === "next" && row.isOpen) go(at + 1);
    else if (direction === "previous" && row.isOpen && shown === null) toggle(row.node, false);
    else if (direction === "previous") go(rows.findIndex((one) => one.node === row.node.parent));
    else if (event.key === "Enter") navigate(addressOf(row.node));
    else if (event.key === "m" && row.node.asset && onChoosePlace) onChoosePlace(row.node);
    else return;
    event.preventDefault();
  };

  const latest = useRef({ dragged, over, rows, toggle, onMove, text });
  latest.current = { dragged, over, rows, toggle, onMove, text };
  // The same functions all the time, so that a row is drawn again only if something of it has changed.
  const handlers = useMemo<RowHandlers>(() => {
    const end = () => {
      setOver(undefined);
      setDragged(undefined);
    };
    return {
      toggle: (node, isOpen) => latest.current.toggle(node, isOpen),
      activate: setActiveId,
      dragStart: (event, node) => {
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", node.name);
        setDragged(node);
      },
      dragOver: (event, node) => {
        const { dragged } = latest.current;
        if (!dragged) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = whyNotBelow(dragged, node) === null ? "move" : "none";
        setOver(node.id);
      },
      drop: (event, node) => {
        event.preventDefault();
        const { dragged, onMove } = latest.current;
        end();
        if (dragged && whyNotBelow(dragged, node) === null) onMove?.(dragged, node);
      },
      // What nothing can be put on gets no drop: the browser ends the drag there, and the reason is told then.
      dragEnd: () => {
        const { dragged, over, rows, text } = latest.current;
        end();
        const target = rows.find((row) => row.node.id === over)?.node;
        const reason = dragged && target ? whyNotBelow(dragged, target) : null;
        if (!dragged || !target || reason === null || reason === "self" || reason === "here_already") return;
        toast({ tone: "danger", text: text(`plant.move.not.${reason}`, { name: dragged.name, target: target.name }) });
      },
    };
  }, []);
  useEffect(() => {
    if (activeId === undefined && rows[0]) setActiveId(rows[0].node.id);
  }, [activeId, rows]);

  const indices = Array.from({ length: Math.max(0, view.last - view.first) }, (_, offset) => view.first + offset);
  if (rows.length > 0 && (at < view.first || at >= view.last)) indices.push(at);
  return (
    <div
      ref={scroller}
      className="plant-tree"
      role="treegrid"
      tabIndex={0}
      aria-label={text("pages.assets")}
      aria-rowcount={rows.length}
      aria-activedescendant={rows.length > 0 ? `${prefix}-${rows[at]?.node.id}` : undefined}
      onKeyDown={keyDown}
    >
      <div role="rowgroup" className="plant-tree-body" style={{ blockSize: view.height }}>
        {indices.map((index) => {
          const row = rows[index];
          if (!row) return null;
          const { node } = row;
          return (
            <TreeRow
              key={node.id} id={`${prefix}-${node.id}`} row={row} index={index} top={index * rowHeight} height={rowHeight}
              isActive={index === at} isFound={found?.has(node) ?? false} isOver={over === node.id}
              isClosed={dragged !== undefined && whyNotBelow(dragged, node) !== null}
              isDraggable={Boolean(onMove && node.asset)} canToggle={shown === null} handlers={handlers}
            />
          );
        })}
      </div>
    </div>
  );
}
