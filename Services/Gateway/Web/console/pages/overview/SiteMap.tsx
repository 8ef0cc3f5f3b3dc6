import { lazy, Suspense, useMemo } from "react";
import { useText } from "../../../shared/localization";
import { Link, navigate } from "../../../shared/router";
import { Card, EmptyState, Skeleton } from "../../../shared/ui";
import { stateName, type SiteState } from "./useSiteStates";

const MapView = lazy(() => import("../../../shared/map/MapView"));

/** Where the sites are and how they are, and the same as a list. */
export function SiteMap({ states, isStill }: { states: readonly SiteState[]; isStill: boolean }) {
  const text = useText();
  const places = useMemo(
    () =>
      states.flatMap((state) => {
        const { id, name, latitude, longitude } = state.site;
        return latitude == null || longitude == null ? [] : [{ id, name, latitude, longitude, tone: state.tone, state: text(stateName(state)) }];
      }),
    [states, text]
  );
  return (
    <Card title={text("watch.sites")} flush className="watch-sites">
      <div className="watch-sites-body">
        {places.length > 0 && (
          <Suspense fallback={<Skeleton height={320} />}>
            <MapView label={text("watch.map")} places={places} onOpen={(id) => navigate(`/sites/${id}`)} isStill={isStill} />
          </Suspense>
        )}
        {states.length === 0
          ? <EmptyState title={text("watch.no_sites")} icon="pin" />
          : <ul className="watch-site-list" aria-label={text("watch.sites")}>{states.map((state) => <Line key={state.site.id} state={state} isStill={isStill} />)}</ul>}
      </div>
    </Card>
  );
}

function Line({ state, isStill }: { state: SiteState; isStill: boolean }) {
  const text = useText();
  const { site, tone, isSilent, open, assets } = state;
  const notes = [
    isSilent && text("watch.site.silent"),
    open > 0 && text("watch.site.alerts", { count: open }),
    assets && assets.down > 0 && text("watch.site.down", { count: assets.down }),
    assets && assets.degraded > 0 && text("watch.site.degraded", { count: assets.degraded }),
    assets && assets.maintenance > 0 && text("watch.site.maintenance", { count: assets.maintenance }),
  ].filter((note): note is string => Boolean(note));
  return (
    <li className="watch-site">
      <span className={`watch-dot watch-dot-${tone}`} aria-hidden="true" />
      <span className="watch-site-name truncate">{isStill ? site.name : <Link to={`/sites/${site.id}`}>{site.name}</Link>}</span>
      <span className="watch-site-state muted">{notes.length > 0 ? notes.join(" · ") : text(`watch.site.${tone}`)}</span>
    </li>
  );
}
