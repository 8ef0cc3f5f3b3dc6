import { useMemo } from "react";
import type { AssetResponse, SiteResponse } from "generated/api";
import type { Answer } from "../../../shared/data";
import { useLocalization, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link } from "../../../shared/router";
import { EmptyState, Sparkline } from "../../../shared/ui";
import type { Range } from "../../../shared/ui/ranges";
import { chartAddress, keyOf } from "../asset/chartURL";
import { useLines } from "../asset/useLines";

interface RanksProps {
  items: Answer<"GET /api/v1/telemetry/ranking">["items"];
  assets: readonly AssetResponse[];
  sites: readonly SiteResponse[];
  tag: string;
  unit: string;
  range: Range;
  from: number;
  to: number;
}

/** More sparklines than this would be as many requests. */
const drawn = 20;

/** How long the windows are in which the server looks for the extreme: short ones for a short time. */
const lengths = [1, 5, 15, 60].map((minutes) => minutes * 60_000);
const lengthOf = (span: number): number => lengths.find((length) => span / length <= 150) ?? lengths[lengths.length - 1]!;

/** The window with the extreme, by the clock of its site. */
function When({ at, zone, from, to }: { at: string; zone: string; from: number; to: number }) {
  const { locale } = useLocalization();
  const start = Date.parse(at);
  const words = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone: zone });
  return <><time dateTime={at}>{words.formatRange(start, start + lengthOf(to - from))}</time> <span className="muted plant-zone">{zone.replace(/_/g, " ")}</span></>;
}

/** The assets in their order, each with its course over the time. */
export function Ranks({ items, assets, sites, tag, unit, range, from, to }: RanksProps) {
  const text = useText();
  const format = useFormat();
  const lines = useMemo(() => items.slice(0, drawn).map(({ assetId }) => ({ assetId, tag })), [items, tag]);
  const { curves } = useLines(lines, from, to, 100);
  if (items.length === 0) return <EmptyState title={text("plant.compare.none")} icon="chart">{text("plant.compare.none.text")}</EmptyState>;
  return (
    <div className="plant-scroll" tabIndex={0} role="group" aria-label={text("pages.compare")}>
      <table className="plant-values">
        <thead>
          <tr>
            <th scope="col" className="number">{text("plant.rank")}</th>
            <th scope="col">{text("plant.asset")}</th>
            <th scope="col" className="plant-wide">{text("plant.site")}</th>
            <th scope="col" className="number">{text("plant.value")}</th>
            <th scope="col">{text("plant.when")}</th>
            <th scope="col" className="number plant-wide">{text("plant.readings")}</th>
            <th scope="col">{text("plant.course")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item, index) => {
            const asset = assets.find(({ id }) => id === item.assetId);
            const site = sites.find(({ id }) => id === (item.siteId ?? asset?.siteId));
            const name = asset?.name ?? text("plant.unknown_asset");
            const curve = curves.get(keyOf({ assetId: item.assetId, tag }));
            return (
              <tr key={item.assetId}>
                <td className="number muted">{format.number(index + 1)}</td>
                <th scope="row"><Link to={chartAddress(item.assetId, [{ tag, assetId: item.assetId }], range)}>{name}</Link></th>
                <td className="plant-wide">{site ? <Link to={`/sites/${site.id}`}>{site.name}</Link> : asset?.siteCode}</td>
                <td className="number"><strong>{format.measured(item.value, unit)}</strong></td>
                <td>{item.at ? <When at={item.at} zone={site?.timeZone ?? "UTC"} from={from} to={to} /> : "–"}</td>
                <td className="number plant-wide">{format.number(item.count)}</td>
                <td>{curve && curve.values.length > 1 && <Sparkline label={text("plant.course_of", { name })} values={[...curve.values]} width={140} />}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
