import { lazy, Suspense } from "react";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useMay } from "../../../shared/session/session";
import { Status } from "../../../shared/ui";
import { severities } from "../../alerts/alerts";
import type { Scope } from "../../places";
import { Figure } from "./Figure";
import type { PowerNow } from "./usePowerNow";
import type { SiteState } from "./useSiteStates";

const PowerFigures = lazy(() => import("./PowerFigures"));

/** Figures that lead to what they count. On a wall they lead nowhere. */
export function Figures({ scope, states, power, isStill }: { scope: Scope; states: readonly SiteState[]; power: PowerNow | undefined; isStill: boolean }) {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const alerts = useData("GET /api/v1/alerts/summary", may("alert:read") ? {} : null).data;
  const orders = useData("GET /api/v1/workorders/summary", may("workorder:read") && scope.query ? { query: scope.query } : null).data;
  const isAll = scope.site === "" && scope.portfolio === "";
  const to = (path: string) => (isStill ? null : scope.link(path));
  // The counts of all sites are read anyway, for the map.
  const ofSeverities = !alerts || !scope.query ? undefined : isAll ? alerts.bySeverity : alerts.bySite.filter((one) => scope.has(one.siteId)).flatMap((one) => one.bySeverity);
  const troubled = states.filter((state) => state.tone === "danger" || state.tone === "warning");
  const shown = (count: number | undefined) => (count === undefined ? undefined : format.number(count));
  return (
    <div className="watch-figure-rows" role="group" aria-label={text("watch.figures")}>
      <div className="watch-figures">
        {may("alert:read") && severities.map((severity) => {
          const count = ofSeverities?.reduce((sum, one) => (one.severity === severity ? sum + one.open : sum), 0);
          const tone = !count ? "neutral" : severity === "critical" ? "danger" : severity === "warning" ? "warning" : "info";
          return (
            <Figure
              key={severity} label={text(`watch.open.${severity}`)} mark={<Status kind="severity" value={severity} iconOnly />}
              value={shown(count)} tone={tone} to={to(`/alerts?severity=${severity}`)}
            />
          );
        })}
        {may("workorder:read") && (
          <>
            <Figure label={text("watch.overdue")} value={shown(orders?.overdue)} tone={orders?.overdue ? "danger" : "neutral"} to={to("/work-orders?overdue=1")} />
            <Figure label={text("watch.in_progress")} value={shown(orders?.inProgress)} to={to("/work-orders?status=in_progress")} />
            <Figure label={text("watch.due")} value={shown(orders?.dueWithin7Days)} to={to("/work-orders?due=7")} />
          </>
        )}
      </div>
      <div className="watch-figures">
        {may("site:read") && scope.site === "" && (
          <Figure
            label={text("watch.troubled_sites")} value={shown(states.length === 0 ? undefined : troubled.length)} of={`/ ${format.number(states.length)}`} to={to("/assets")}
            tone={troubled.length === 0 ? "neutral" : troubled.some((state) => state.tone === "danger") ? "danger" : "warning"}
          />
        )}
        {may("telemetry:read") && <Suspense fallback={null}><PowerFigures scope={scope} now={power} /></Suspense>}
      </div>
    </div>
  );
}
