import { lazy, Suspense } from "react";
import { useText } from "../../../shared/localization";
import { navigate, useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, PageHeader, Select, Skeleton } from "../../../shared/ui";
import { useSites } from "../../places";
import { AlertList } from "./AlertList";
import { Figures } from "./Figures";
import { OrderList } from "./OrderList";
import { SiteMap } from "./SiteMap";
import { usePowerNow } from "./usePowerNow";
import { useSiteStates } from "./useSiteStates";

// What is not needed for the first picture comes after it.
const PowerChart = lazy(() => import("./PowerChart"));
const Wall = lazy(() => import("./Wall"));

/** What an operator opens in the morning: what needs somebody, where, and what is done about it. */
export default function OverviewPage() {
  const text = useText();
  const may = useMay();
  const [search, setSearch] = useSearch();
  const sites = [...useSites().values()];
  const site = sites.some((one) => one.id === search.get("site")) ? search.get("site") ?? "" : "";
  const power = usePowerNow(site);
  const all = useSiteStates(power?.silent);
  const states = site === "" ? all.states : all.states.filter((state) => state.site.id === site);
  if (search.get("wall") === "1") return <Suspense fallback={null}><Wall site={site} states={states} power={power} /></Suspense>;
  return (
    <div className="stack">
      <PageHeader
        title={text("pages.overview")}
        actions={
          <>
            {sites.length > 1 && (
              <Select
                hideLabel label={text("watch.site")} placeholder={text("watch.any_site")} value={site}
                options={sites.map((one) => ({ value: one.id, label: one.name }))} onChange={(value) => setSearch({ site: value })}
              />
            )}
            <Button icon="expand" onClick={() => navigate(`/?wall=1${site === "" ? "" : `&site=${site}`}`)}>{text("watch.wall")}</Button>
          </>
        }
      />
      <Figures site={site} states={states} power={power} isStill={false} />
      <div className="watch-overview">
        {may("site:read") && <SiteMap states={states} isStill={false} />}
        <div className="stack">
          {may("alert:read") && <AlertList site={site} isStill={false} most={8} />}
          {may("telemetry:read") && <Suspense fallback={<Skeleton height={320} />}><PowerChart site={site} /></Suspense>}
        </div>
        {may("workorder:read") && <OrderList site={site} most={12} />}
      </div>
    </div>
  );
}
