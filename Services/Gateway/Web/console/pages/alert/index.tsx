import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, usePathValue } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Banner, Button, Card, ErrorState, KeyValue, PageHeader, Skeleton, Status, Timeline } from "../../../shared/ui";
import { allows, type Alert } from "../../alerts/alerts";
import { AssetLink, SiteLink, SiteTime } from "../../alerts/Names";
import { useAlertTitle, useMeasured, useRules } from "../../alerts/useAlertWords";
import { useSteps } from "../../alerts/useSteps";
import { useZones } from "../../places";
import { useKeys } from "../../useKeys";
import { AlertChart } from "./AlertChart";
import { OrderCard } from "./OrderCard";
import { ToldCard } from "./ToldCard";
import { useResolver, useStory } from "./useStory";

export default function AlertPage() {
  const id = usePathValue("id");
  const { data: alert, problem, retry } = useData("GET /api/v1/alerts/{id}", { path: { id } });
  if (!alert && problem) return <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={problem.status === 404 ? undefined : retry} />;
  if (!alert) return <div className="stack"><Skeleton lines={2} /><Skeleton height={340} /></div>;
  return <Shown alert={alert} problem={problem ? problemText(problem) : undefined} />;
}

function Shown({ alert, problem }: { alert: Alert; problem: string | undefined }) {
  const text = useText();
  const may = useMay();
  const title = useAlertTitle()(alert);
  const zone = useZones()(alert.siteId);
  const { busy, take } = useSteps();
  const told = useData("GET /api/v1/notifications", may("notification:read") ? { query: { alertId: alert.id, limit: 50 } } : null);
  const deliveries = told.data?.items ?? [];
  const story = useStory(alert, deliveries);
  const mayAct = may("alert:acknowledge");
  useKeys({ a: () => { if (mayAct) void take("acknowledge", [alert]); }, e: () => { if (mayAct) void take("resolve", [alert]); } });
  return (
    <div className="stack">
      <PageHeader
        title={title} crumbs={[{ title: text("pages.alerts"), to: "/alerts" }]}
        meta={<><Status kind="severity" value={alert.severity} soft /><Status kind="alert" value={alert.status} soft /></>}
        description={<><AssetLink id={alert.assetId} withName /> · <SiteLink id={alert.siteId} /></>}
        actions={mayAct && alert.status !== "resolved" && (
          <>
            <Button icon="check-circle" busy={busy} onClick={() => void take("resolve", [alert])}>{text("watch.step.resolve")}</Button>
            {allows("acknowledge", alert) && <Button kind="primary" icon="check" busy={busy} onClick={() => void take("acknowledge", [alert])}>{text("watch.step.acknowledge")}</Button>}
          </>
        )}
      />
      {problem && <Banner tone="warning">{problem}</Banner>}
      <div className="watch-split">
        <div className="stack">
          <AlertChart alert={alert} />
          <Card title={text("watch.history")}><Timeline label={text("watch.history")} events={story} zone={zone} /></Card>
        </div>
        <div className="stack">
          <Facts alert={alert} />
          <OrderCard alert={alert} />
          {may("notification:read") && <ToldCard site={alert.siteId} deliveries={deliveries} isLoading={told.isLoading} />}
        </div>
      </div>
    </div>
  );
}

function Facts({ alert }: { alert: Alert }) {
  const text = useText();
  const format = useFormat();
  const measured = useMeasured();
  const rule = useRules().get(alert.ruleId);
  const resolver = useResolver(alert);
  return (
    <Card title={text("watch.facts")}>
      <KeyValue
        entries={[
          { label: text("watch.value"), value: <strong>{measured(alert.value, alert.unit)}</strong> },
          { label: text("watch.threshold"), value: measured(alert.threshold, alert.unit) },
          { label: text("watch.tag"), value: <code>{alert.tag}</code> },
          { label: text("watch.since"), value: <SiteTime site={alert.siteId} at={alert.firstAt} /> },
          { label: text("watch.last"), value: <SiteTime site={alert.siteId} at={alert.lastAt} /> },
          { label: text("watch.lasted"), value: format.duration(Date.parse(alert.lastAt) - Date.parse(alert.firstAt)) },
          { label: text("watch.occurrences"), value: format.number(alert.occurrences) },
          { label: text("watch.rule"), value: rule ? <Link to={`/rules?rule=${rule.id}`}>{rule.name}</Link> : undefined },
          { label: text("watch.resolved"), value: alert.resolvedAt ? <SiteTime site={alert.siteId} at={alert.resolvedAt} /> : undefined },
          { label: text("watch.why_resolved"), value: alert.resolution ? (alert.resolution === "closed" && resolver ? text("watch.resolution.closed_by", { name: resolver }) : text(`watch.resolution.${alert.resolution}`)) : undefined },
        ]}
      />
    </Card>
  );
}
