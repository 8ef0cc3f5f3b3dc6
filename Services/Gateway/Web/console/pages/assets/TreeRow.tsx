import { memo, type DragEvent, type MouseEvent } from "react";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, navigate } from "../../../shared/router";
import { classes, Icon, Status, type IconName } from "../../../shared/ui";
import { isControl } from "../../../shared/ui/keys";
import { useTypeName } from "../../types";
import { addressOf } from "./AssetTree";
import type { Node, Row } from "./tree";

/** They do not change while the tree is shown. */
export interface RowHandlers {
  toggle: (node: Node, isOpen: boolean) => void;
  activate: (id: string) => void;
  dragStart: (event: DragEvent, node: Node) => void;
  dragOver: (event: DragEvent, node: Node) => void;
  drop: (event: DragEvent, node: Node) => void;
  dragEnd: () => void;
}

interface TreeRowProps {
  id: string;
  row: Row;
  index: number;
  top: number;
  height: number;
  isActive: boolean;
  isFound: boolean;
  isOver: boolean;
  /** What is dragged can't be put here. */
  isClosed: boolean;
  isDraggable: boolean;
  canToggle: boolean;
  handlers: RowHandlers;
}

export const iconOf = (type: string | undefined): IconName =>
  type === undefined ? "pin" : /wind|turbine/.test(type) ? "wind" : /panel|string|module|array|solar/.test(type) ? "sun" : /inverter|transformer|battery/.test(type) ? "bolt" : "circle";

export const TreeRow = memo(function TreeRow(props: TreeRowProps) {
  const { row, isActive, isDraggable, canToggle, handlers } = props;
  const { node, depth, isOpen } = row;
  const { asset } = node;
  const text = useText();
  const format = useFormat();
  const typeName = useTypeName();
  const press = (event: MouseEvent<HTMLElement>) => {
    handlers.activate(node.id);
    if (!isControl(event.target, event.currentTarget)) navigate(addressOf(node));
  };
  return (
    <div
      id={props.id}
      role="row"
      aria-level={depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.size}
      aria-rowindex={props.index + 1}
      aria-expanded={isOpen}
      aria-selected={isActive}
      className={classes("plant-row", isActive && "plant-row-active", props.isFound && "plant-row-found", props.isOver && "plant-row-over", props.isClosed && "plant-row-closed")}
      style={{ transform: `translateY(${props.top}px)`, blockSize: props.height }}
      draggable={isDraggable}
      onClick={press}
      onDragStart={(event) => handlers.dragStart(event, node)}
      onDragOver={(event) => handlers.dragOver(event, node)}
      onDrop={(event) => handlers.drop(event, node)}
      onDragEnd={handlers.dragEnd}
    >
      <div role="gridcell" className="plant-cell plant-cell-name" style={{ paddingInlineStart: `calc(8px + ${depth} * var(--indent))` }}>
        {isOpen === undefined || !canToggle
          ? <span className="plant-chevron" />
          : (
            <button type="button" className="plant-chevron" tabIndex={-1} aria-label={text(isOpen ? "plant.close" : "plant.open", { name: node.name })} onClick={() => handlers.toggle(node, !isOpen)}>
              <Icon name={isOpen ? "chevron-down" : "chevron-end"} />
            </button>
          )}
        <Icon name={iconOf(asset?.type)} />
        <Link to={addressOf(node)} className="plant-name truncate" tabIndex={-1} draggable={false}>{node.name}</Link>
        <code className="muted truncate">{node.code}</code>
      </div>
      <div role="gridcell" className="plant-cell plant-cell-type muted">{asset ? typeName(asset.type) : text("plant.site")}</div>
      <div role="gridcell" className="plant-cell plant-cell-state">
        {asset
          ? <Status kind="asset" value={asset.status} />
          : <span className="plant-below">{node.worst && <Status kind="asset" value={node.worst} iconOnly />}<span className="muted">{text("plant.children", { count: node.below })}</span></span>}
        {asset && node.worst && isOpen === false && node.worst !== asset.status && <Status kind="asset" value={node.worst} iconOnly />}
      </div>
      <div role="gridcell" className="plant-cell plant-cell-power number">{asset?.ratedPowerKW != null && <span title={text("plant.rated_power")}>{text("plant.rated", { power: format.measured(asset.ratedPowerKW, "kW") })}</span>}</div>
    </div>
  );
});
