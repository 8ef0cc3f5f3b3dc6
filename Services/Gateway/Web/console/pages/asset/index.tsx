import { useEffect } from "react";
import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { useWhole } from "../../../shared/data/useWhole";
import { useText } from "../../../shared/localization";
import { usePathValue, useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Banner, Button, Card, ErrorState, PageHeader, Skeleton, Status, Tabs, type Tab } from "../../../shared/ui";
import { useSite } from "../assets/usePlant";
import { AssetActions } from "./AssetActions";
import { Charts } from "./Charts";
import { History } from "./History";
import { Alerts, Orders } from "./Lists";
import { Overview } from "./Overview";
import { Sensors } from "./Sensors";

type TabName = "overview" | "charts" | "orders" | "alerts" | "sensors" | "history";

export default function AssetPage() {
  const text = useText();
  const may = useMay();
  const id = usePathValue("id");
  const [search, setSearch] = useSearch();
  const { data: asset, problem, retry, isLoading } = useData("GET /api/v1/assets/{id}", { path: { id } });
  const place = useData("GET /api/v1/assets/{id}/hierarchy", { path: { id } });
  const site = useSite(may("site:read") ? asset?.siteId : undefined);
  const sensors = useWhole("GET /api/v1/sensors", may("sensor:read") ? { query: { assetId: id, limit: 200 } } : null);
  const title = asset?.name;
  useEffect(() => {
    if (title) document.title = `${title} – dCMMS`;
  }, [title]);

  if (!asset) {
    if (problem) return <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={retry} busy={isLoading} />;
    return <div className="stack"><PageHeader title={text("pages.asset")} /><Skeleton lines={8} /></div>;
  }
  const zone = site?.timeZone;
  const siteName = site?.name ?? asset.siteCode;
  const parents = place.data?.parents ?? [];
  const offered: (Tab<TabName> | false)[] = [
    { value: "overview", label: text("plant.tab.overview") },
    may("telemetry:read") && may("sensor:read") && { value: "charts", label: text("plant.tab.charts") },
    may("workorder:read") && { value: "orders", label: text("pages.work_orders") },
    may("alert:read") && { value: "alerts", label: text("pages.alerts") },
    may("sensor:read") && { value: "sensors", label: text("plant.sensors"), count: sensors.data?.items.length },
    may("audit:read") && { value: "history", label: text("plant.tab.history") },
  ];
  const tabs = offered.filter((tab): tab is Tab<TabName> => tab !== false);
  const tab = tabs.find(({ value }) => value === search.get("tab"))?.value ?? "overview";
  return (
    <>
      <PageHeader
        title={asset.name}
        meta={<><Status kind="asset" value={asset.status} soft /><code className="muted">{asset.code}</code></>}
        crumbs={[
          { title: text("pages.assets"), to: "/assets" },
          { title: siteName, to: `/sites/${asset.siteId}` },
          ...parents.map((one) => ({ title: one.name, to: `/assets/${one.id}` })),
        ]}
        actions={<AssetActions asset={asset} />}
      />
      {problem && <Banner tone="warning" action={<Button size="small" icon="refresh" busy={isLoading} onClick={retry}>{text("ui.retry")}</Button>}>{problemText(problem)}</Banner>}
      <Tabs label={text("plant.tabs")} tabs={tabs} value={tab} onChange={(value) => setSearch({ tab: value === "overview" ? null : value }, {})}>
        {tab === "overview" && <Overview asset={asset} parents={parents} below={place.data?.children ?? []} siteName={siteName} zone={zone} />}
        {tab === "charts" && (sensors.data ? <Charts source={{ asset, sensors: sensors.data.items }} zone={zone ?? "UTC"} /> : <Skeleton height={420} />)}
        {tab === "orders" && <Card flush><Orders assetId={id} zone={zone} /></Card>}
        {tab === "alerts" && <Card flush><Alerts assetId={id} zone={zone} /></Card>}
        {tab === "sensors" && <Sensors assetId={id} sensors={sensors.data?.items ?? []} loading={sensors.isLoading} />}
        {tab === "history" && <History assetId={id} zone={zone} />}
      </Tabs>
    </>
  );
}
