import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { Link } from "../../../shared/router";
import { Card, EmptyState, ErrorState, Skeleton, Status } from "../../../shared/ui";
import { AssetCode, SiteTime } from "../../alerts/Names";
import { useAlertTitle, useMeasured } from "../../alerts/useAlertWords";
import type { Scope } from "../../places";

/** The newest critical alerts that wait for somebody. */
export function AlertList({ scope, isStill, most }: { scope: Scope; isStill: boolean; most: number }) {
  const text = useText();
  const titleOf = useAlertTitle();
  const measured = useMeasured();
  const { data, problem, retry } = useData("GET /api/v1/alerts", scope.query && { query: { status: ["open"], severity: ["critical"], ...scope.query, limit: 20 } });
  const alerts = [...(data?.items ?? [])].sort((one, other) => (one.lastAt < other.lastAt ? 1 : -1)).slice(0, most);
  return (
    <Card title={text("watch.critical_alerts")} flush actions={!isStill && <Link to={scope.link("/alerts?severity=critical")}>{text("watch.show_all")}</Link>}>
      {!data && problem ? <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={retry} />
        : !data ? <div className="watch-inset"><Skeleton lines={4} /></div>
        : alerts.length === 0 ? <EmptyState title={text("watch.none_critical")} icon="check-circle" />
        : (
          <ul className="watch-lines">
            {alerts.map((alert) => (
              <li key={alert.id} className="watch-line">
                <Status kind="severity" value={alert.severity} iconOnly />
                <span className="watch-line-title truncate">{isStill ? titleOf(alert) : <Link to={`/alerts/${alert.id}`}>{titleOf(alert)}</Link>}</span>
                <span className="watch-line-asset truncate muted"><AssetCode id={alert.assetId} /> · {measured(alert.value, alert.unit)}</span>
                <span className="watch-line-time muted"><SiteTime site={alert.siteId} at={alert.firstAt} relative /></span>
              </li>
            ))}
          </ul>
        )}
    </Card>
  );
}
