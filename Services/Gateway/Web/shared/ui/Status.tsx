import { classes } from "./classes";
import { text, useText, type TextKey } from "../localization";
import { looks, type StatusKind, unknownLook } from "./looks";

export interface StatusProps {
  kind: StatusKind;
  /** As the API says it: `in_progress`, `critical`, … */
  value: string;
  /** Only the drawing; its name is still read and shown on hover. */
  iconOnly?: boolean;
  /** On a soft background: for headers of pages. */
  soft?: boolean;
}

/** The state of a work order, task, alert or asset, a priority or a severity: its own shape, colour and word. */
export function Status({ kind, value, iconOnly = false, soft = false }: StatusProps) {
  const name = useStatusName()(kind, value);
  const look = looks[kind][value] ?? unknownLook;
  return (
    <span className={classes("ui-status", `ui-tone-${look.tone}`, soft && "ui-status-soft")} title={iconOnly ? name : undefined}>
      <svg className="ui-status-shape" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        {look.fill && <path className="ui-status-fill" d={look.fill} />}
        {look.line && <path className="ui-status-line" d={look.line} />}
        {look.cut && <path className="ui-status-line ui-status-cut" d={look.cut} />}
      </svg>
      <span className={iconOnly ? "visually-hidden" : "truncate"}>{name}</span>
    </span>
  );
}

/** All that can stand in a column of states. */
export const statusNames = (kind: StatusKind): string[] => Object.keys(looks[kind]).map((value) => text(`ui.state.${kind}.${value}` as TextKey));

/** Names of states for menus, filters and sentences. */
export function useStatusName(): (kind: StatusKind, value: string) => string {
  const text = useText();
  return (kind, value) => (looks[kind][value] ? text(`ui.state.${kind}.${value}` as TextKey) : value || text("ui.state.unknown"));
}
