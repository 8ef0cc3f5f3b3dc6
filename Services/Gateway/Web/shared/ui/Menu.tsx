import { type KeyboardEvent, useId, useRef, useState } from "react";
import { Button, type ButtonKind } from "./Button";
import { Floating } from "./Floating";
import { IconButton } from "./IconButton";
import type { IconName } from "./icons";
import { type MenuEntry, MenuList } from "./MenuList";

export interface MenuProps {
  /** Name of the button. */
  label: string;
  items: readonly MenuEntry[];
  icon?: IconName;
  /** A button with words instead of an icon alone. */
  words?: boolean;
  kind?: ButtonKind;
  size?: "small" | "medium";
  disabledReason?: string | undefined;
}

/** A button that opens a list of actions. Arrows, Home, End and letters move; Escape and Tab close. */
export function Menu({ label, items, icon = "more", words = false, kind = "secondary", size = "medium", disabledReason }: MenuProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState<false | "first" | "last">(false);
  const id = useId();
  const close = (refocus: boolean) => {
    setOpen(false);
    if (refocus) button.current?.focus();
  };
  const shared = {
    ref: button,
    size,
    disabledReason,
    "aria-haspopup": "menu" as const,
    "aria-expanded": Boolean(open),
    "aria-controls": open ? id : undefined,
    onClick: () => setOpen(open ? false : "first"),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp" || disabledReason) return;
      event.preventDefault();
      setOpen(event.key === "ArrowUp" ? "last" : "first");
    },
  };
  return (
    <>
      {words
        ? <Button {...shared} kind={kind} {...(icon === "more" ? {} : { icon })} iconEnd="chevron-down">{label}</Button>
        : <IconButton {...shared} icon={icon} label={label} />}
      {open && (
        <Floating anchor={button} placement={words ? "bottom-start" : "bottom-end"} className="ui-menu">
          <MenuList id={id} label={label} items={items} start={open} anchor={button} close={close} />
        </Floating>
      )}
    </>
  );
}
