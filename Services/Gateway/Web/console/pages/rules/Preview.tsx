import { useCallback, useEffect, useMemo, useState } from "react";
import type { AssetResponse } from "generated/api";
import { Problem } from "../../../shared/data";
import { problemText } from "../../../shared/api/problemText";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { unitText } from "../../../shared/localization/units";
import { Badge, Chart, Combobox, Skeleton } from "../../../shared/ui";
import { useMeasured } from "../../alerts/useAlertWords";
import { findAssets, useAsset, useAssets, useZones } from "../../places";
import { previewDays, raises, readReadings, type Readings } from "./lately";
import type { RuleValues } from "./rule";
import { useTags } from "./useTags";

const optionOf = (one: AssetResponse) => ({ value: one.id, label: `${one.code} – ${one.name}` });

/** How often the rule would have raised an alert lately, on an asset that somebody chooses. */
export function Preview({ values }: { values: RuleValues }) {
  const text = useText();
  const { byId, isCut } = useAssets();
  const { tags, isCut: hasMoreTags } = useTags();
  const tag = tags.find((one) => one.tag === values.tag);
  const measures = useMemo(() => new Set(tag?.assetIds), [tag]);
  const siteId = values.scope === "site" ? values.siteId ?? "" : "";
  const candidates = useMemo(
    () => [...measures].flatMap((id) => byId.get(id) ?? []).filter((one) => siteId === "" || one.siteId === siteId),
    [measures, byId, siteId]
  );
  const find = useCallback(
    async (words: string, signal: AbortSignal) => {
      const found = words.trim() === "" && candidates.length > 0 ? candidates : await findAssets(words, signal, siteId || undefined);
      return found.filter((one) => hasMoreTags || measures.has(one.id)).map(optionOf);
    },
    [candidates, measures, hasMoreTags, siteId]
  );
  const [chosen, setChosen] = useState("");
  const id = values.scope === "asset" ? values.assetId : chosen || candidates[0]?.id;
  const known = useAsset(id);
  const asset = known && (hasMoreTags || measures.has(known.id)) && (siteId === "" || known.siteId === siteId) ? known : undefined;
  const hasChoice = values.scope !== "asset" && (isCut || hasMoreTags || candidates.length > 1);
  const isReady = values.threshold !== null && values.consecutive !== null && values.consecutive >= 1;
  return (
    <section className="watch-preview" aria-label={text("watch.preview.title")}>
      <h3>{text("watch.preview.title")}</h3>
      {!values.tag || !isReady ? <p className="muted">{text("watch.preview.incomplete")}</p>
        : !tag || (!asset && !hasChoice) ? <p className="muted">{text("watch.preview.no_asset")}</p>
        : (
          <>
            {hasChoice && (
              <Combobox label={text("watch.preview.asset")} value={asset?.id ?? null} onChange={(value) => setChosen(value ?? "")} options={find} valueLabel={asset && optionOf(asset).label} required />
            )}
            {asset && <Result key={`${asset.id} ${tag.tag}`} assetId={asset.id} siteId={asset.siteId} code={asset.code} unit={tag.unit} values={values} />}
          </>
        )}
    </section>
  );
}

function Result({ assetId, siteId, code, unit, values }: { assetId: string; siteId: string; code: string; unit: string; values: RuleValues }) {
  const text = useText();
  const format = useFormat();
  const measured = useMeasured();
  const zone = useZones()(siteId);
  const tag = values.tag ?? "";
  const [readings, setReadings] = useState<Readings>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    const abort = new AbortController();
    readReadings(assetId, tag, unit, abort.signal).then(setReadings, (error: unknown) => {
      if (!abort.signal.aborted) setProblem(Problem.from(error));
    });
    return () => abort.abort();
  }, [assetId, tag, unit]);
  const raised = useMemo(
    () => (readings ? raises(readings, values.comparison, values.threshold ?? 0, values.consecutive ?? 1) : []),
    [readings, values.comparison, values.threshold, values.consecutive]
  );
  const series = useMemo(
    () => (readings ? [{ key: tag, name: tag, unit: unitText(unit), times: Float64Array.from(readings.times), values: Float64Array.from(readings.values) }] : []),
    [readings, tag, unit]
  );
  const [to] = useState(() => Date.now());
  if (problem) return <p className="muted">{problemText(problem)}</p>;
  if (!readings) return <Skeleton height={180} />;
  if (readings.values.length === 0) return <p className="muted">{text("watch.preview.no_readings", { count: previewDays })}</p>;
  return (
    <div className="stack-tight">
      <p role="status"><Badge tone={raised.length > 0 ? "warning" : "success"}>{text("watch.preview.result", { count: raised.length })}</Badge></p>
      <Chart
        label={text("watch.chart.label", { tag, asset: code })} series={series} from={to - previewDays * 86_400_000} to={to} zone={zone} height={180}
        thresholds={[{ value: values.threshold ?? 0, unit: unitText(unit), label: measured(values.threshold ?? 0, unit), tone: "warning" }]}
        marks={raised.map((at) => ({ key: String(at), at, label: text("watch.chart.mark"), tone: "danger" as const }))}
      />
      <p className="muted">
        {text("watch.preview.how", { count: readings.values.length, from: format.dateTime(readings.times[0] ?? to, zone) })}
        {readings.isCut && ` ${text("watch.preview.cut")}`}
      </p>
    </div>
  );
}
