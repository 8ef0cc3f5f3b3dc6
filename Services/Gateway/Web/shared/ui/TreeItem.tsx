import { useText } from "../localization";
import { classes } from "./classes";
import { Icon } from "./Icon";
import { Spinner } from "./Spinner";
import type { TreeLine } from "./treeTypes";

interface TreeItemProps {
  id: string;
  line: TreeLine;
  top: number;
  height: number;
  query: string;
  isActive: boolean;
  isSelected: boolean;
  /** What has become of reading its children. */
  state: unknown;
  toggle: () => void;
  select: () => void;
}

export function TreeItem({ id, line, top, height, query, isActive, isSelected, state, toggle, select }: TreeItemProps) {
  const text = useText();
  const { node, depth, isOpen, hasChildren } = line;
  return (
    <div
      id={id} role="treeitem" aria-level={depth + 1} aria-posinset={line.position} aria-setsize={line.siblings}
      aria-expanded={hasChildren ? isOpen : undefined} aria-selected={isSelected}
      className={classes("ui-tree-item", isActive && "ui-tree-active", isSelected && "ui-tree-selected")}
      style={{ transform: `translateY(${top}px)`, blockSize: height, paddingInlineStart: 4 + depth * 16 }}
      onClick={select}
    >
      <span className="ui-tree-arrow" onClick={(event) => { if (hasChildren) { event.stopPropagation(); toggle(); } }}>
        {state === "loading" ? <Spinner size={12} label="" /> : hasChildren && <Icon name={isOpen ? "chevron-down" : "chevron-end"} size={12} />}
      </span>
      {node.icon && <Icon name={node.icon} className="ui-tree-icon" />}
      <span className="truncate"><Marked words={node.label} query={query} /></span>
      {state === "failed" && <span className="ui-tree-failed">{text("ui.tree.failed")}</span>}
      {node.aside && <span className="ui-tree-aside">{node.aside}</span>}
    </div>
  );
}

/** The words with what was searched for marked. */
export function Marked({ words, query }: { words: string; query: string }) {
  const wanted = query.trim();
  const at = wanted === "" ? -1 : words.toLocaleLowerCase().indexOf(wanted.toLocaleLowerCase());
  if (at < 0) return <>{words}</>;
  return <>{words.slice(0, at)}<mark className="ui-mark">{words.slice(at, at + wanted.length)}</mark>{words.slice(at + wanted.length)}</>;
}
