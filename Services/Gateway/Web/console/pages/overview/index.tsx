import { lazy, Suspense } from "react";
import { problemText } from "../../../shared/api/problemText";
import { useText } from "../../../shared/localization";
import { navigate, useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, ErrorState, PageHeader, Skeleton } from "../../../shared/ui";
import { useScope, useSites } from "../../places";
import { ScopeNote, ScopeSelect } from "../../Scope";
import { AlertList } from "./AlertList";
import { Figures } from "./Figures";
import { OrderList } from "./OrderList";
import { SiteMap } from "./SiteMap";
import { usePowerNow } from "./usePowerNow";
import { useSiteStates } from "./useSiteStates";
import { Waiting } from "./Waiting";

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
  const scope = useScope({ site, portfolio: search.get("portfolio") ?? "" });
  const power = usePowerNow(scope);
  const all = useSiteStates(power?.silent);
  const states = all.states.filter((state) => scope.has(state.site.id));
  if (search.get("wall") === "1" && !scope.refusal) return <Suspense fallback={null}><Wall scope={scope} states={states} power={power} /></Suspense>;
  return (
    <div className="stack">
      <PageHeader
        title={text("pages.overview")}
        actions={
          <>
            {sites.length > 1 && <ScopeSelect label={text("watch.site")} all={text("watch.any_site")} scope={scope} choose={setSearch} />}
            <Button icon="expand" onClick={() => navigate(scope.link("/?wall=1"))}>{text("watch.wall")}</Button>
          </>
        }
      />
      {scope.problem ? <ErrorState problem={{ message: problemText(scope.problem), requestId: scope.problem.requestId }} retry={scope.retry} /> : scope.refusal ? <ScopeNote scope={scope} /> : (
        <>
          <Figures scope={scope} states={states} power={power} isStill={false} />
          <Waiting scope={scope} most={4} />
          <div className="watch-overview">
            {may("site:read") && <SiteMap states={states} isStill={false} />}
            <div className="stack">
              {may("alert:read") && <AlertList scope={scope} isStill={false} most={8} />}
              {may("telemetry:read") && <Suspense fallback={<Skeleton height={320} />}><PowerChart scope={scope} /></Suspense>}
            </div>
            {may("workorder:read") && <OrderList scope={scope} most={12} />}
          </div>
        </>
      )}
    </div>
  );
}
