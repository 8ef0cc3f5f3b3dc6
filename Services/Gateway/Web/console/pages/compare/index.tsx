import { useMemo } from "react";
import type { SensorResponse } from "generated/api";
import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { useWhole } from "../../../shared/data/useWhole";
import { useLocalization, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { unitFor, type Units, unitText } from "../../../shared/localization/units";
import { useSearch } from "../../../shared/router";
import { Card, Combobox, EmptyState, ErrorState, NumberField, PageHeader, Select, Skeleton } from "../../../shared/ui";
import { usePlant } from "../assets/usePlant";
import { resolveRange, writeRange, type RelativeRange } from "../../../shared/ui/ranges";
import { useTypeName } from "../../types";
import { chartRange } from "../asset/chartURL";
import { RangeBar } from "../asset/RangeBar";
import { useNow } from "../asset/useNow";
import { Ranks } from "./Ranks";

const statistics = ["maximum", "average", "minimum"] as const;
const orders = ["highest", "lowest"] as const;
type Statistic = (typeof statistics)[number];
type Order = (typeof orders)[number];

/** The longest time that a ranking may have. */
const mostDays = 92;
const day = 86_400_000;
const offered: readonly RelativeRange[] = ["1h", "6h", "24h", "7d", "30d"];
const one = <Value extends string>(values: readonly Value[], word: string | null): Value => values.find((value) => value === word) ?? values[0]!;

/** Which assets have the highest or lowest value of a tag: the hottest inverter of last week. */
export default function ComparePage() {
  const text = useText();
  const typeName = useTypeName();
  const format = useFormat();
  const [search, setSearch] = useSearch();
  const { sites, assets } = usePlant();
  const sensors = useWhole("GET /api/v1/sensors", { query: { limit: 200 } }, 5_000);
  const types = useMemo(() => [...new Set(assets.map((asset) => asset.type))].sort(), [assets]);
  const [site, type] = [search.get("site") ?? "", search.get("type") ?? ""];
  const [statistic, order] = [one<Statistic>(statistics, search.get("statistic")), one<Order>(orders, search.get("order"))];
  const limit = Math.min(100, Math.max(1, Number(search.get("limit")) || 10));
  // What no asset of the chosen type and site measures can't be compared there.
  const measured = useMemo(() => {
    const fit = new Set(assets.filter((asset) => (type === "" || asset.type === type) && (site === "" || asset.siteId === site)).map(({ id }) => id));
    return (sensors.data?.items ?? []).filter(({ assetId }) => fit.has(assetId));
  }, [assets, sensors.data, type, site]);
  const { units } = useLocalization();
  const tags = useMemo(() => tagsOf(measured, units), [measured, units]);
  const tag = search.get("tag") ?? usualTag(measured);
  const unit = unitText(sensors.data?.items.find((sensor) => sensor.tag === tag)?.unit ?? "");

  const range = chartRange(search, "7d");
  // Once a minute is often enough for a ranking.
  const now = useNow(60_000, typeof range === "string");
  const { from, to } = resolveRange(range, Math.floor(now / 60_000) * 60_000);
  const isTooLong = to - from > mostDays * day;
  const ranking = useData("GET /api/v1/telemetry/ranking", tag === null || isTooLong ? null : {
    query: { tag, statistic, order, limit, from: new Date(from).toISOString(), to: new Date(to).toISOString(), ...(site ? { siteId: site } : {}), ...(type ? { type } : {}) },
  });
  const set = (name: string) => (value: string | null) => setSearch({ [name]: value });
  // Another type has other tags.
  const setPlace = (name: "site" | "type") => (value: string | null) => setSearch({ [name]: value, tag: null });
  const zone = sites.find(({ id }) => id === site)?.timeZone ?? (sites.length === 1 ? sites[0]!.timeZone : "UTC");
  const problem = ranking.problem;
  return (
    <>
      <PageHeader title={text("pages.compare")} description={text("plant.compare.text")} />
      <div className="stack">
        <Card>
          <div className="stack">
            <RangeBar range={range} zone={zone} offer={offered} setRange={(next) => setSearch({ range: writeRange(next) }, {})} />
            <div className="plant-question">
              <Combobox label={text("plant.tag")} value={tag} onChange={set("tag")} options={tags} required />
              <Select label={text("plant.statistic")} value={statistic} onChange={set("statistic")} options={statistics.map((value) => ({ value, label: text(`plant.statistic.${value}`) }))} />
              <Select label={text("plant.order")} value={order} onChange={set("order")} options={orders.map((value) => ({ value, label: text(`plant.order.${value}`) }))} />
              <Select label={text("plant.site")} placeholder={text("plant.any_site")} value={site} onChange={setPlace("site")} options={sites.map(({ id, name }) => ({ value: id, label: name }))} />
              <Select label={text("plant.type")} placeholder={text("plant.any_type")} value={type} onChange={setPlace("type")} options={types.map((value) => ({ value, label: typeName(value) }))} />
              <NumberField label={text("plant.limit")} value={limit} min={1} max={100} digits={0} onChange={(value) => setSearch({ limit: value === null ? null : String(value) })} />
            </div>
          </div>
        </Card>
        <Card flush title={tag === null ? text("pages.compare") : text("plant.compare.title", { tag, range: typeof range === "string" ? text(`ui.range.${range}`) : text("ui.chart.range", { from: format.dateTime(from, zone), to: format.dateTime(to, zone) }) })}>
          {isTooLong ? <EmptyState title={text("plant.compare.too_long", { count: mostDays })} icon="clock" />
            : ranking.data === undefined ? (problem ? <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={ranking.retry} busy={ranking.isLoading} />
              : tag === null && sensors.isWhole ? <EmptyState title={text("plant.no_sensors")} icon="activity" /> : <div className="plant-state"><Skeleton lines={6} /></div>)
            : <Ranks items={ranking.data.items} assets={assets} sites={sites} tag={tag ?? ""} unit={unit} range={range} from={from} to={to} />}
        </Card>
      </div>
    </>
  );
}

/** Ask first what is asked most: the temperature that most assets have of their own; the weather is the same for all. */
function usualTag(sensors: readonly SensorResponse[]): string | null {
  const counts = new Map<string, number>();
  for (const { tag } of sensors) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const rank = (tag: string) => (/temp/.test(tag) ? (/ambient|outdoor|air/.test(tag) ? 1 : 2) : 0) * 1_000_000 + (counts.get(tag) ?? 0);
  return [...counts.keys()].sort((one, other) => rank(other) - rank(one) || (one < other ? -1 : 1))[0] ?? null;
}

/** Each tag once, with how many sensors have it. */
function tagsOf(sensors: readonly SensorResponse[], shown: Units): { value: string; label: string; hint: string }[] {
  const units = new Map<string, string>();
  for (const sensor of sensors) if (!units.has(sensor.tag)) units.set(sensor.tag, unitFor(sensor.unit, shown).text);
  return [...units].sort(([a], [b]) => (a < b ? -1 : 1)).map(([value, hint]) => ({ value, label: value, hint }));
}
