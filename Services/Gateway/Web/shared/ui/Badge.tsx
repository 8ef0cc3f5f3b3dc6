import type { ReactNode } from "react";
import { classes } from "./classes";
import { Icon } from "./Icon";
import type { IconName } from "./icons";

export type Tone = "neutral" | "info" | "success" | "warning" | "danger" | "purple";

export interface BadgeProps {
  tone?: Tone;
  icon?: IconName;
  /** Without a background: for dense tables. */
  plain?: boolean;
  children: ReactNode;
}

/** A short word or a count beside something. */
export function Badge({ tone = "neutral", icon, plain = false, children }: BadgeProps) {
  return (
    <span className={classes("ui-badge", `ui-tone-${tone}`, plain && "ui-badge-plain")}>
      {icon && <Icon name={icon} size={12} />}
      <span className="truncate">{children}</span>
    </span>
  );
}
