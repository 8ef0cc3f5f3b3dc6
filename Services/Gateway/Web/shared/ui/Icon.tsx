import { classes } from "./classes";
import { type IconName, mirrors, strokes } from "./icons";

export interface IconProps {
  name: IconName;
  /** Side in pixels; 16 unless said. */
  size?: number;
  className?: string;
}

/** A stroke drawing. It says nothing to a screen reader: the words are beside it. */
export function Icon({ name, size = 16, className }: IconProps) {
  return (
    <svg
      className={classes("ui-icon", mirrors.has(name) && "ui-icon-mirrors", className)}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      <path d={strokes[name]} />
    </svg>
  );
}
