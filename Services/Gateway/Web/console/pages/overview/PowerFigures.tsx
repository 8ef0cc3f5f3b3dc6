import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useZones, type Scope } from "../../places";
import { Figure } from "./Figure";
import { silentAfter, useEnergyToday, type PowerNow } from "./usePowerNow";

/** From this share of the day on, nothing is said of the rest. */
const nearlyAll = 0.95;

/** What the sites produce. What is not measured is not zero. */
export default function PowerFigures({ scope, now }: { scope: Scope; now: PowerNow | undefined }) {
  const text = useText();
  const format = useFormat();
  const zoneOf = useZones();
  const energy = useEnergyToday(scope);
  const large = (value: number, small: string, big: string) =>
    Math.abs(value) >= 1_000 ? { value: format.number(value / 1_000, { maximumFractionDigits: 2 }), of: big } : { value: format.number(value, { maximumFractionDigits: 1 }), of: small };
  const unmeasured = now?.sites === 0 ? text("watch.power.unmeasured") : undefined;
  const silence = now && now.power === null ? unmeasured ?? (now.last === null ? text("watch.power.never") : text("watch.power.since", { time: format.dateTime(now.last, scope.site === "" ? undefined : zoneOf(scope.site)) })) : undefined;
  const part = now && now.power !== null && now.heard < now.assets ? text("watch.power.part", { heard: format.number(now.heard), all: format.number(now.assets) }) : undefined;
  const isEnergyKnown = energy && energy.share > 0;
  return (
    <>
      <Figure label={text("watch.power.now")} {...(now && now.power !== null ? large(now.power, "kW", "MW") : { value: undefined })} note={silence ?? part} />
      <Figure
        label={text("watch.energy.today")} {...(isEnergyKnown ? large(energy.energy, "kWh", "MWh") : { value: undefined })}
        note={unmeasured ?? (!energy ? undefined : energy.share === 0 ? text("watch.energy.none") : energy.share < nearlyAll ? text("watch.energy.share", { share: format.percent(energy.share) }) : undefined)}
      />
      {scope.site === "" && (
        <Figure
          label={text("watch.producing")} value={now && now.sites > 0 ? format.number(now.producing) : undefined} of={now && now.sites > 0 ? `/ ${format.number(now.sites)}` : undefined}
          tone={now && now.silent.size > 0 ? "warning" : "neutral"}
          note={unmeasured ?? (now && now.silent.size > 0 ? text("watch.silent", { sites: format.number(now.silent.size), time: format.duration(silentAfter) }) : undefined)}
        />
      )}
    </>
  );
}
