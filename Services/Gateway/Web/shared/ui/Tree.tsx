import { type KeyboardEvent, useId, useMemo, useRef, useState } from "react";
import { useText } from "../localization";
import { arrow, moved } from "./keys";
import { Skeleton } from "./Skeleton";
import { TreeItem } from "./TreeItem";
import { linesOf, matches } from "./treeLines";
import type { TreeLine, TreeNode, TreeProps } from "./treeTypes";
import { scaledHeight, useVirtual } from "./useVirtual";

type Loaded = ReadonlyMap<string, readonly TreeNode[] | "loading" | "failed">;

/** A hierarchy. Ten thousand open nodes scroll smoothly; children may be read when a node is opened. */
export function Tree(props: TreeProps) {
  const { label, nodes, loadChildren, selected, onSelect, query = "", maxHeight = 480, fill = false, loading = false } = props;
  const text = useText();
  const prefix = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [ownOpen, setOwnOpen] = useState<ReadonlySet<string>>(new Set());
  const [loaded, setLoaded] = useState<Loaded>(new Map());
  const [active, setActive] = useState<string>();
  const open = props.open ?? ownOpen;

  const children = useMemo(() => (node: TreeNode) => {
    const read = loaded.get(node.key);
    return node.children ?? (Array.isArray(read) ? (read as readonly TreeNode[]) : undefined);
  }, [loaded]);
  const found = useMemo(() => (query.trim() === "" ? undefined : matches(nodes, children, query)), [nodes, children, query]);
  const lines = useMemo(() => linesOf(nodes, children, open, found?.kept), [nodes, children, open, found]);
  const rowHeight = scaledHeight(28);
  const view = useVirtual(scroller, lines.length, rowHeight);
  const at = Math.max(0, lines.findIndex((line) => line.node.key === (active ?? selected)));

  const read = async (node: TreeNode) => {
    const put = (value: readonly TreeNode[] | "loading" | "failed") => setLoaded((now) => new Map(now).set(node.key, value));
    put("loading");
    try {
      put((await loadChildren?.(node)) ?? []);
    } catch {
      put("failed");
    }
  };
  const setOpen = (line: TreeLine, on: boolean) => {
    const next = new Set(open);
    if (on) next.add(line.node.key);
    else next.delete(line.node.key);
    setOwnOpen(next);
    props.onOpen?.(next);
    const state = loaded.get(line.node.key);
    if (on && !line.node.children && (state === undefined || state === "failed")) void read(line.node);
  };
  const go = (index: number) => {
    const line = lines[index];
    if (!line) return;
    setActive(line.node.key);
    view.reveal(index);
  };
  const keyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const line = lines[at];
    if (!line || event.altKey || event.ctrlKey || event.metaKey) return;
    const next = moved(event.key, at, lines.length, 10);
    const direction = arrow(event.key, event.currentTarget);
    if (next !== undefined) go(next);
    else if (direction === "next" && line.hasChildren && !line.isOpen) setOpen(line, true);
    else if (direction === "next" && line.isOpen) go(at + 1);
    else if (direction === "previous" && line.isOpen && !found) setOpen(line, false);
    else if (direction === "previous" && line.parent !== undefined) go(lines.findIndex((other) => other.node.key === line.parent));
    else if (event.key === "Enter" || event.key === " ") onSelect?.(line.node);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  if (loading && nodes.length === 0) return <Skeleton lines={6} />;
  const indices = Array.from({ length: Math.max(0, view.last - view.first) }, (_, offset) => view.first + offset);
  if (lines.length > 0 && (at < view.first || at >= view.last)) indices.push(at);
  return (
    <div className={fill ? "ui-tree ui-tree-fill" : "ui-tree"}>
      <span className="visually-hidden" role="status">{found ? text("ui.tree.found", { count: found.count }) : ""}</span>
      {lines.length === 0 ? <p className="ui-tree-empty muted">{text(found ? "ui.options.none" : "ui.tree.empty")}</p> : (
        <div
          ref={scroller} role="tree" tabIndex={0} aria-label={label} className="ui-tree-scroller" style={{ maxBlockSize: fill ? undefined : maxHeight }}
          aria-activedescendant={`${prefix}-${at}`} onKeyDown={keyDown}
        >
          <div className="ui-tree-body" role="presentation" style={{ blockSize: view.height }}>
            {indices.map((index) => {
              const line = lines[index];
              return line && (
                <TreeItem
                  key={line.node.key} id={`${prefix}-${index}`} line={line} top={index * rowHeight} height={rowHeight} query={query}
                  isActive={index === at} isSelected={line.node.key === selected} state={loaded.get(line.node.key)}
                  toggle={() => { setActive(line.node.key); setOpen(line, !line.isOpen); }}
                  select={() => { setActive(line.node.key); onSelect?.(line.node); }}
                />
              );
            })}
          </div>
        </div>
      )}
    </div>
  );
}
