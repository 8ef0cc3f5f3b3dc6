import { useMemo } from "react";
import { useLocalization, useText } from "../../../shared/localization";
import { useSearch } from "../../../shared/router";
import { Card, Chart, SegmentedControl, Skeleton } from "../../../shared/ui";
import { useSites, type Scope } from "../../places";
import { usePower, type PowerRange } from "./usePower";

/** The power of the sites. It is there if something measures it. */
export default function PowerChart({ scope }: { scope: Scope }) {
  const text = useText();
  const { zone: ownZone } = useLocalization();
  const sites = useSites();
  const [search, setSearch] = useSearch();
  const range: PowerRange = search.get("range") === "24h" ? "24h" : "7d";
  const shown = usePower(scope, range);
  const lines = shown?.lines;
  const series = useMemo(
    () => (lines ?? []).map(({ siteId, times, values }) => ({ key: siteId, name: siteId === "" ? scope.portfolio || text("watch.any_site") : sites.get(siteId)?.name ?? "", unit: "kW", times, values })),
    [lines, sites, scope.portfolio, text]
  );
  if (!shown) return null;
  return (
    <Card
      title={text("watch.power")}
      actions={
        <SegmentedControl
          label={text("watch.time")} value={range} onChange={(value) => setSearch({ range: value === "7d" ? null : value })}
          options={[{ value: "24h", label: text("ui.range.24h") }, { value: "7d", label: text("ui.range.7d") }]}
        />
      }
    >
      {lines ? <Chart label={text("watch.power")} series={series} from={shown.from} to={shown.to} zone={sites.get(scope.site)?.timeZone ?? ownZone} height={240} /> : <Skeleton height={300} />}
    </Card>
  );
}
