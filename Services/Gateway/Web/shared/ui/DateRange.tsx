import { useRef, useState } from "react";
import { useText } from "../localization";
import { useFormat } from "../localization/format";
import { Button } from "./Button";
import { DateTimeField } from "./DateTimeField";
import { Floating } from "./Floating";
import { IconButton } from "./IconButton";
import { SegmentedControl } from "./SegmentedControl";
import { lengths, type Range, relativeRanges, resolveRange, type Window } from "./ranges";
import { useDismiss } from "./useDismiss";

export interface DateRangeProps {
  value: Range;
  onChange: (range: Range) => void;
  /** The named zone in which a range of one's own is typed and shown. */
  zone: string;
  label?: string;
  /** Which of the lengths are offered; all unless said. */
  offer?: readonly Range[];
}

/** A span of time. "The last 24 hours" stays that as time goes on; a range of one's own is two instants. */
export function DateRange({ value, onChange, zone, label, offer = relativeRanges }: DateRangeProps) {
  const text = useText();
  const format = useFormat();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState<{ from: string | null; to: string | null }>({ from: null, to: null });
  const close = (refocus: boolean) => {
    setOpen(false);
    if (refocus) button.current?.focus();
  };
  useDismiss(open, [button, panel], close);

  const now = resolveRange(value);
  const show = () => {
    setDraft({ from: new Date(now.from).toISOString(), to: new Date(now.to).toISOString() });
    setOpen(!open);
  };
  const move = (direction: 1 | -1) => onChange(shifted(now, direction));
  const isCustom = typeof value !== "string";
  const isBackwards = draft.from !== null && draft.to !== null && draft.from >= draft.to;
  const isReady = draft.from !== null && draft.to !== null && !isBackwards;
  return (
    <div className="ui-range" role="group" aria-label={label ?? text("ui.range.label")}>
      <SegmentedControl
        label={label ?? text("ui.range.label")}
        value={isCustom ? "custom" : value}
        options={offer.flatMap((one) => (typeof one === "string" ? [{ value: one as string, label: text(`ui.range.${one}`) }] : []))}
        onChange={(next) => { if (next in lengths) onChange(next as Range); }}
      />
      <Button
        ref={button} icon="calendar" aria-haspopup="dialog" aria-expanded={open} onClick={show}
        className={isCustom ? "ui-range-on" : ""}
      >
        {isCustom ? text("ui.chart.range", { from: format.dateTime(now.from, zone), to: format.dateTime(now.to, zone) }) : text("ui.range.custom")}
      </Button>
      <span className="ui-range-steps">
        <IconButton icon="chevron-start" label={text("ui.range.earlier")} onClick={() => move(-1)} />
        <IconButton icon="chevron-end" label={text("ui.range.later")} onClick={() => move(1)} disabledReason={isCustom ? undefined : text("ui.range.isNow")} />
      </span>
      {open && (
        <Floating anchor={button} placement="bottom-end" boxRef={panel} className="ui-menu ui-range-panel" role="dialog" aria-label={text("ui.range.custom")}>
          <DateTimeField label={text("ui.range.from")} zone={zone} value={draft.from} onChange={(from) => setDraft({ ...draft, from })} />
          <DateTimeField label={text("ui.range.to")} zone={zone} value={draft.to} onChange={(to) => setDraft({ ...draft, to })} error={isBackwards ? text("ui.range.backwards") : undefined} />
          <div className="ui-form-actions">
            <Button
              kind="primary"
              disabledReason={isReady ? undefined : text("ui.range.incomplete")}
              onClick={() => {
                if (draft.from !== null && draft.to !== null) onChange({ from: Date.parse(draft.from), to: Date.parse(draft.to) });
                close(true);
              }}
            >
              {text("ui.range.apply")}
            </Button>
          </div>
        </Floating>
      )}
    </div>
  );
}

/** The same length, just before or after, and never beyond now. */
function shifted({ from, to }: Window, direction: 1 | -1): Range {
  const length = to - from;
  const end = Math.min(Date.now(), to + direction * length);
  return { from: end - length, to: end };
}
