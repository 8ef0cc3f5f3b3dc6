import { useState } from "react";
import { useText } from "../../../shared/localization";
import { Button, DateTimeField, Dialog, SegmentedControl } from "../../../shared/ui";
import { lastRanges, lengths, timeOf, type ChartRange, type LastRange } from "./chartURL";

interface RangeBarProps {
  range: ChartRange;
  /** The site's zone: what is typed is its clock. */
  zone: string;
  setRange: (range: ChartRange) => void;
}

/** The time that a chart shows. Until now, it moves; a fixed time stays. */
export function RangeBar({ range, zone, setRange }: RangeBarProps) {
  const text = useText();
  const [typed, setTyped] = useState<{ from: string | null; to: string | null }>();
  const isLive = "last" in range;
  const pause = () => setRange(timeOf(range, Date.now()));
  const goLive = () => {
    const { from, to } = timeOf(range, Date.now());
    setRange({ last: lastRanges.find((one) => lengths[one] >= (to - from) * 0.99) ?? "5y" });
  };
  const begin = () => {
    const { from, to } = timeOf(range, Date.now());
    setTyped({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
  };
  const [from, to] = [Date.parse(typed?.from ?? ""), Date.parse(typed?.to ?? "")];
  const wrong = !(from < to) ? text("plant.range.reversed") : to - from > lengths["5y"] ? text("plant.range.too_long") : undefined;
  return (
    <div className="row">
      <SegmentedControl
        label={text("plant.range")}
        value={isLive ? range.last : ("" as LastRange)}
        options={lastRanges.map((one) => ({ value: one, label: text(`plant.range.${one}`) }))}
        onChange={(last) => setRange({ last })}
      />
      <Button icon="calendar" onClick={begin}>{text("plant.range.custom")}</Button>
      {isLive ? <Button icon="pause" onClick={pause}>{text("plant.range.pause")}</Button> : <Button icon="play" onClick={goLive}>{text("plant.range.live")}</Button>}
      {typed && (
        <Dialog
          title={text("plant.range.custom")}
          size="small"
          close={() => setTyped(undefined)}
          actions={
            <>
              <Button onClick={() => setTyped(undefined)}>{text("ui.cancel")}</Button>
              <Button kind="primary" disabledReason={wrong} onClick={() => { setRange({ from, to }); setTyped(undefined); }}>{text("plant.range.show")}</Button>
            </>
          }
        >
          <div className="stack">
            <DateTimeField label={text("plant.range.from")} zone={zone} value={typed.from} onChange={(value) => setTyped({ ...typed, from: value })} />
            <DateTimeField label={text("plant.range.to")} zone={zone} value={typed.to} onChange={(value) => setTyped({ ...typed, to: value })} error={typed.from && typed.to ? wrong : undefined} />
          </div>
        </Dialog>
      )}
    </div>
  );
}
