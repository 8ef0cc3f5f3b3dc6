import { type ButtonHTMLAttributes, forwardRef } from "react";
import { classes } from "./classes";
import { Icon } from "./Icon";
import type { IconName } from "./icons";
import { Spinner } from "./Spinner";
import { Tooltip } from "./Tooltip";

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "disabled" | "children"> {
  icon: IconName;
  /** Its name: read, and shown as a tooltip. */
  label: string;
  size?: "small" | "medium";
  /** For a button that stays down. */
  pressed?: boolean | undefined;
  busy?: boolean;
  disabledReason?: string | undefined;
}

export const IconButton = /* @__PURE__ */ forwardRef<HTMLButtonElement, IconButtonProps>(function IconButton(
  { icon, label, size = "medium", pressed, busy = false, disabledReason, className, onClick, ...rest }, ref,
) {
  const off = busy || Boolean(disabledReason);
  const button = (
    <button
      ref={ref}
      type="button"
      {...rest}
      className={classes("ui-icon-button", `ui-icon-button-${size}`, className)}
      aria-label={label}
      aria-pressed={pressed}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      onClick={off ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <Spinner label="" /> : <Icon name={icon} />}
    </button>
  );
  return <Tooltip text={disabledReason ?? label} isName={!disabledReason}>{button}</Tooltip>;
});
