import { useText } from "../../../shared/localization";
import { Button, DateRange } from "../../../shared/ui";
import { lengths, relativeRanges, resolveRange, type Range } from "../../../shared/ui/ranges";

interface RangeBarProps {
  range: Range;
  /** The site's zone: what is typed is its clock. */
  zone: string;
  offer?: readonly Range[];
  setRange: (range: Range) => void;
}

/** The time that a chart shows. Until now, it moves, and can be stopped; a fixed time stays. */
export function RangeBar({ range, zone, offer, setRange }: RangeBarProps) {
  const text = useText();
  const goLive = () => {
    const { from, to } = resolveRange(range);
    setRange(relativeRanges.find((one) => lengths[one] >= (to - from) * 0.99) ?? "5y");
  };
  return (
    <div className="row">
      <DateRange value={range} onChange={setRange} zone={zone} {...(offer ? { offer } : {})} />
      {typeof range === "string"
        ? <Button kind="ghost" icon="pause" onClick={() => setRange(resolveRange(range))}>{text("plant.range.pause")}</Button>
        : <Button kind="ghost" icon="play" onClick={goLive}>{text("plant.range.live")}</Button>}
    </div>
  );
}
