import { lazy, Suspense, useEffect, useMemo } from "react";
import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { useWhole } from "../../../shared/data/useWhole";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, navigate, usePathValue } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Badge, Button, Card, EmptyState, ErrorState, KeyValue, PageHeader, Skeleton, Status } from "../../../shared/ui";
import type { Place } from "../../../shared/map/MapView";
import { states } from "../assets/AssetFields";
import { useAssets } from "../assets/usePlant";
import { AlertTable, Orders } from "../asset/Lists";
import { useScope } from "../../places";
import { useNow } from "../asset/useNow";
import { usePowerNow } from "../overview/usePowerNow";
import { stateName, useSiteStates } from "../overview/useSiteStates";
import { SiteActions } from "./SiteActions";

const MapView = lazy(() => import("../../../shared/map/MapView"));

export default function SitePage() {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const id = usePathValue("id");
  const { data: site, problem, retry, isLoading } = useData("GET /api/v1/sites/{id}", { path: { id } });
  const assets = useAssets(id);
  const alerts = useWhole("GET /api/v1/alerts", may("alert:read") ? { query: { siteId: [id], status: ["open", "acknowledged"], limit: 200 } } : null);
  const now = useNow(20_000);
  const title = site?.name;
  useEffect(() => {
    if (title) document.title = `${title} – dCMMS`;
  }, [title]);

  const all = assets.data?.items ?? [];
  const counts = states.map((state) => ({ state, count: all.filter((asset) => asset.status === state).length }));
  // As the overview has it.
  const power = usePowerNow(useScope({ site: id, portfolio: "" }));
  const state = useSiteStates(power?.silent).states.find((one) => one.site.id === id);
  const tone = state?.tone ?? "neutral";
  const stateText = state ? text(stateName(state)) : "";
  const places = useMemo<Place[]>(
    () => (site?.latitude == null || site.longitude == null ? [] : [{ id: site.id, name: site.name, latitude: site.latitude, longitude: site.longitude, tone, state: stateText }]),
    [site, tone, stateText]
  );
  const open = useMemo(() => (alerts.data?.items ?? []).filter((alert) => alert.status !== "resolved"), [alerts.data]);

  if (!site) {
    if (problem) return <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={retry} busy={isLoading} />;
    return <div className="stack"><PageHeader title={text("plant.site")} /><Skeleton lines={8} /></div>;
  }
  return (
    <>
      <PageHeader
        title={site.name}
        meta={<code className="muted">{site.code}</code>}
        crumbs={[{ title: text("pages.assets"), to: "/assets" }]}
        actions={
          <>
            <Button icon="tree" onClick={() => navigate(`/assets?site=${id}`)}>{text("plant.show_tree")}</Button>
            <SiteActions site={site} />
          </>
        }
      />
      <div className="plant-columns">
        <div className="stack">
          <Card title={text("plant.assets_by_state")}>
            {!assets.data ? <Skeleton lines={3} /> : all.length === 0 ? <p className="muted">{text("plant.no_assets")}</p> : (
              <ul className="plant-links">
                {state?.isSilent && (
                  <li className="row-apart">
                    <Badge plain tone="warning" icon="alert">{text("watch.site.silent")}</Badge>
                    <span className="muted">{power?.last == null ? text("watch.power.never") : text("watch.power.since", { time: format.dateTime(power.last, site.timeZone) })}</span>
                  </li>
                )}
                {counts.filter(({ count }) => count > 0).map(({ state, count }) => (
                  <li key={state} className="row-apart">
                    <Link to={`/assets?site=${id}&status=${state}`}><Status kind="asset" value={state} /></Link>
                    <span className="number">{format.number(count)}</span>
                  </li>
                ))}
              </ul>
            )}
          </Card>
          {may("alert:read") && (
            <Card title={text("plant.open_alerts")} flush>
              <AlertTable empty={text("plant.no_open_alerts")} alerts={open} problem={alerts.problem} retry={alerts.retry} loading={!alerts.isWhole && !alerts.problem} zone={site.timeZone} />
            </Card>
          )}
          {may("workorder:read") && <Card title={text("plant.open_orders")} flush><Orders siteId={id} zone={site.timeZone} isOpen /></Card>}
        </div>
        <div className="stack">
          <Card title={text("plant.facts")}>
            <KeyValue
              entries={[
                { label: text("plant.local_time"), value: <span title={site.timeZone}>{format.dateTime(now, site.timeZone)}</span> },
                { label: text("plant.time_zone"), value: site.timeZone.replace(/_/g, " ") },
                { label: text("plant.portfolio"), value: site.portfolio && <Link to={`/?portfolio=${encodeURIComponent(site.portfolio)}`}>{site.portfolio}</Link> },
                { label: text("plant.capacity"), value: site.capacityMW == null ? null : format.measured(site.capacityMW, "MW") },
                { label: text("plant.position"), value: site.latitude == null || site.longitude == null ? null : <bdi dir="ltr">{format.number(site.latitude, { maximumFractionDigits: 5 })}°, {format.number(site.longitude, { maximumFractionDigits: 5 })}°</bdi> },
              ]}
            />
          </Card>
          <Card title={text("plant.map")} flush>
            {places.length === 0 ? <EmptyState title={text("plant.no_position")} icon="map" /> : (
              <Suspense fallback={<Skeleton height={320} />}>
                <MapView label={text("plant.map_of", { name: site.name })} places={places} onOpen={() => undefined} />
              </Suspense>
            )}
          </Card>
        </div>
      </div>
    </>
  );
}
