import { type ButtonHTMLAttributes, forwardRef, type ReactNode } from "react";
import { classes } from "./classes";
import { Icon } from "./Icon";
import type { IconName } from "./icons";
import { Spinner } from "./Spinner";
import { Tooltip } from "./Tooltip";

export type ButtonKind = "primary" | "secondary" | "ghost" | "danger";

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "disabled"> {
  kind?: ButtonKind;
  size?: "small" | "medium" | "large";
  icon?: IconName;
  iconEnd?: IconName;
  /** Something that it started is under way: it shows that and takes no second click. */
  busy?: boolean;
  /** Why it cannot be used now. It stays in the order of focus, so that the reason can be read. */
  disabledReason?: string | undefined;
  children: ReactNode;
}

export const Button = /* @__PURE__ */ forwardRef<HTMLButtonElement, ButtonProps>(function Button(
  { kind = "secondary", size = "medium", icon, iconEnd, busy = false, disabledReason, className, onClick, type, children, ...rest }, ref,
) {
  const off = busy || Boolean(disabledReason);
  const button = (
    <button
      ref={ref}
      {...rest}
      type={type ?? "button"}
      className={classes("ui-button", `ui-button-${kind}`, `ui-button-${size}`, className)}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      onClick={off ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <Spinner label="" /> : icon && <Icon name={icon} />}
      <span className="ui-button-label">{children}</span>
      {iconEnd && <Icon name={iconEnd} />}
    </button>
  );
  return disabledReason ? <Tooltip text={disabledReason}>{button}</Tooltip> : button;
});
