import type { ReactNode } from "react";
import { useText } from "../localization";
import { classes } from "./classes";
import { Icon } from "./Icon";
import { IconButton } from "./IconButton";
import type { IconName } from "./icons";

export interface BannerProps {
  tone?: "info" | "success" | "warning" | "danger";
  icon?: IconName;
  action?: ReactNode;
  close?: (() => void) | undefined;
  children: ReactNode;
}

const icons = { info: "info", success: "check-circle", warning: "alert", danger: "alert-octagon" } as const;

/** A line over the page or a part of it that stays until it is no longer true. */
export function Banner({ tone = "info", icon, action, close, children }: BannerProps) {
  const text = useText();
  return (
    <div className={classes("ui-banner", `ui-tone-${tone}`)} role={tone === "danger" ? "alert" : "status"}>
      <Icon name={icon ?? icons[tone]} />
      <div className="ui-banner-text">{children}</div>
      {action}
      {close && <IconButton icon="close" size="small" label={text("ui.close")} onClick={close} />}
    </div>
  );
}
