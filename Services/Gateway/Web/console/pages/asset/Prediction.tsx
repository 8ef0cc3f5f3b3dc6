import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { hasText, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { differenceOf } from "../../../shared/localization/units";
import { Card, ErrorState, Icon, Skeleton } from "../../../shared/ui";

/** The units of what a model weighs; the rest are counts, hours and shares. */
const unitsOf: Record<string, string> = {
  power_mean: "kW", power_max: "kW", power_stddev: "kW",
  temperature_mean: "Cel", temperature_max: "Cel", temperature_stddev: differenceOf("Cel"), temperature_rise: differenceOf("Cel"), temperature_trend: "°C/d",
};

/** How likely it is that the asset fails, and what weighs most in that. */
export function Prediction({ assetId }: { assetId: string }) {
  const text = useText();
  const format = useFormat();
  const { data, problem, retry, isLoading } = useData("GET /api/v1/assets/{id}/prediction", { path: { id: assetId } });
  // An asset without a model is the usual case, and nothing that went wrong.
  const isAbsent = problem && ["no_model", "not_found", "no_prediction"].includes(problem.code);
  if (!data && isAbsent) return <Card title={text("plant.prediction")}><p className="muted">{problemText(problem)}</p></Card>;
  if (!data) {
    return (
      <Card title={text("plant.prediction")}>
        {problem ? <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={retry} busy={isLoading} /> : <Skeleton lines={4} />}
      </Card>
    );
  }
  // A model may know more than the console has words for.
  const featureName = (feature: string) => {
    const key = `plant.feature.${feature}`;
    return hasText(key) ? text(key) : feature.replace(/_/g, " ");
  };
  // The first weighs most.
  const factors = data.explanation;
  const greatest = Math.abs(factors[0]?.weight ?? 0) || 1;
  return (
    <Card title={text("plant.prediction")}>
      <div className="stack-tight">
        <p>{text("plant.prediction.fails", { count: data.horizonDays })}</p>
        <p><strong className="plant-figure">{format.percent(data.failureProbability)}</strong></p>
        <p className="muted">{text("plant.prediction.note", { confidence: format.percent(data.confidence), time: format.relative(data.featuresComputedAt), model: data.model })}</p>
        <h3>{text("plant.prediction.weighs")}</h3>
        <ul className="plant-factors">
          {factors.map((factor) => (
            <li key={factor.feature}>
              <Icon name={factor.weight >= 0 ? "arrow-up" : "arrow-down"} size={12} />
              <span>{featureName(factor.feature)}</span>
              <span className="number">{format.measured(factor.value, unitsOf[factor.feature] ?? "")}</span>
              <span className={factor.weight >= 0 ? "plant-bar plant-bar-more" : "plant-bar plant-bar-less"} style={{ inlineSize: `${(100 * Math.abs(factor.weight)) / greatest}%` }} />
              <span className="visually-hidden">{text(factor.weight >= 0 ? "plant.prediction.more" : "plant.prediction.less")}</span>
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}
