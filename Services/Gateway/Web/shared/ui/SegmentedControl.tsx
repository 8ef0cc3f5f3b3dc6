import { type KeyboardEvent, useRef } from "react";
import { classes } from "./classes";
import { Icon } from "./Icon";
import type { IconName } from "./icons";
import { arrow } from "./keys";

export interface Segment<Value extends string> { value: Value; label: string; icon?: IconName; count?: number }

export interface SegmentedControlProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly Segment<Value>[];
  onChange: (value: Value) => void;
  /** Only the icons are shown; the labels are read. */
  iconsOnly?: boolean;
}

/** One of a few, all in sight: list or board, 24 h or 7 d. Arrows choose. */
export function SegmentedControl<Value extends string>({ label, value, options, onChange, iconsOnly = false }: SegmentedControlProps<Value>) {
  const group = useRef<HTMLDivElement>(null);
  const known = options.some((option) => option.value === value);
  const keyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const direction = arrow(event.key, event.currentTarget);
    if (!direction) return;
    event.preventDefault();
    const at = options.findIndex((option) => option.value === value);
    const next = (at + (direction === "next" ? 1 : -1) + options.length) % options.length;
    const option = options[next];
    if (!option) return;
    onChange(option.value);
    group.current?.querySelectorAll<HTMLElement>("[role=radio]")[next]?.focus();
  };
  return (
    <div ref={group} role="radiogroup" aria-label={label} className="ui-segments" onKeyDown={keyDown}>
      {options.map((option, index) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          aria-label={iconsOnly ? option.label : undefined}
          title={iconsOnly ? option.label : undefined}
          tabIndex={option.value === value || (!known && index === 0) ? 0 : -1}
          className={classes("ui-segment", option.value === value && "ui-segment-on")}
          onClick={() => onChange(option.value)}
        >
          {option.icon && <Icon name={option.icon} />}
          {!iconsOnly && option.label}
          {option.count !== undefined && <span className="ui-segment-count">{option.count}</span>}
        </button>
      ))}
    </div>
  );
}
