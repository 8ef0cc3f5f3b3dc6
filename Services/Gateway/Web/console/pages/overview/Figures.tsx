import type { ReactNode } from "react";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Status, type Tone } from "../../../shared/ui";
import { severities } from "../../alerts/alerts";
import type { SiteState } from "./useSiteStates";

/** Figures that lead to what they count. On a wall they lead nowhere. */
export function Figures({ site, states, isStill }: { site: string; states: readonly SiteState[]; isStill: boolean }) {
  const text = useText();
  const may = useMay();
  const alerts = useData("GET /api/v1/alerts/summary", may("alert:read") ? {} : null).data;
  const orders = useData("GET /api/v1/workorders/summary", may("workorder:read") ? { query: site === "" ? {} : { siteId: site } } : null).data;
  const here = site === "" ? "" : `&site=${site}`;
  const ofSite = alerts?.bySite.find((one) => one.siteId === site);
  const troubled = states.filter((state) => state.tone === "danger" || state.tone === "warning");
  return (
    <div className="watch-figures" role="group" aria-label={text("watch.figures")}>
      {may("alert:read") && site !== "" && (
        <Figure label={text("watch.open_alerts")} count={alerts && (ofSite?.open ?? 0)} tone={ofSite?.open ? (ofSite.severity === "critical" ? "danger" : "warning") : "neutral"} to={isStill ? null : `/alerts?site=${site}`} />
      )}
      {may("alert:read") && site === "" && severities.map((severity) => {
        const count = alerts?.bySeverity.find((one) => one.severity === severity)?.open ?? (alerts ? 0 : undefined);
        const tone = !count ? "neutral" : severity === "critical" ? "danger" : severity === "warning" ? "warning" : "info";
        return (
          <Figure
            key={severity} label={text(`watch.open.${severity}`)} mark={<Status kind="severity" value={severity} iconOnly />}
            count={count} tone={tone} to={isStill ? null : `/alerts?severity=${severity}`}
          />
        );
      })}
      {may("workorder:read") && (
        <>
          <Figure label={text("watch.overdue")} count={orders?.overdue} tone={orders?.overdue ? "danger" : "neutral"} to={isStill ? null : `/work-orders?overdue=1${here}`} />
          <Figure label={text("watch.in_progress")} count={orders?.inProgress} to={isStill ? null : `/work-orders?status=in_progress${here}`} />
          <Figure label={text("watch.due")} count={orders?.dueWithin7Days} to={isStill ? null : `/work-orders?due=7${here}`} />
        </>
      )}
      {may("site:read") && site === "" && (
        <Figure
          label={text("watch.troubled_sites")} count={states.length === 0 ? undefined : troubled.length} of={states.length} to={isStill ? null : "/assets"}
          tone={troubled.length === 0 ? "neutral" : troubled.some((state) => state.tone === "danger") ? "danger" : "warning"}
        />
      )}
    </div>
  );
}

interface FigureProps {
  label: string;
  count: number | undefined;
  of?: number;
  tone?: Tone;
  mark?: ReactNode;
  to: string | null;
}

function Figure({ label, count, of, tone = "neutral", mark, to }: FigureProps) {
  const format = useFormat();
  const inside = (
    <>
      <span className="watch-figure-label">{mark}{label}</span>
      <span className="watch-figure-value">
        {count === undefined ? "–" : format.number(count)}
        {of !== undefined && count !== undefined && <span className="watch-figure-of"> / {format.number(of)}</span>}
      </span>
    </>
  );
  const name = `ui-card watch-figure ui-tone-${tone}`;
  return to === null ? <div className={name}>{inside}</div> : <Link className={name} to={to}>{inside}</Link>;
}
