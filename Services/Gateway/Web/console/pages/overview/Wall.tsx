import { useEffect, useState } from "react";
import { live } from "../../../shared/data/live";
import { useLocalization, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { navigate, useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button } from "../../../shared/ui";
import { useSites, type Scope } from "../../places";
import { AlertList } from "./AlertList";
import { Figures } from "./Figures";
import { SiteMap } from "./SiteMap";
import type { PowerNow } from "./usePowerNow";
import { useExit } from "./useExit";
import type { SiteState } from "./useSiteStates";

/** For the wall of a control room: large, dark, and with nothing to press; Escape leaves it, and a button that comes with the mouse. `?wall=1`, and `&theme=light` for a bright room. */
export default function Wall({ scope, states, power }: { scope: Scope; states: readonly SiteState[]; power: PowerNow | undefined }) {
  const text = useText();
  const { zone: ownZone } = useLocalization();
  const format = useFormat();
  const may = useMay();
  const [search] = useSearch();
  const place = useSites().get(scope.site);
  const zone = place?.timeZone ?? ownZone;
  const { phase } = live.state.use();
  const now = useNow();
  const leave = () => navigate(scope.link("/"));
  const isExitShown = useExit(leave);
  useWallLook(search.get("theme") === "light" ? "light" : "dark");
  return (
    <div className="watch-wall">
      <header className="watch-wall-head">
        <h1>{place?.name ?? (scope.portfolio || text("watch.any_site"))}</h1>
        <span className="watch-wall-live" data-phase={phase}>{text(`app.live.${phase}`)}</span>
        {isExitShown && <Button size="small" icon="close" onClick={leave} aria-keyshortcuts="Escape">{text("watch.wall.leave")}</Button>}
        <time className="watch-wall-clock" dateTime={new Date(now).toISOString()}>{format.time(now, zone)}</time>
      </header>
      <Figures scope={scope} states={states} power={power} isStill />
      <div className="watch-wall-body">
        {may("site:read") && <SiteMap states={states} isStill />}
        {may("alert:read") && <AlertList scope={scope} isStill most={7} />}
      </div>
    </div>
  );
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** A wall has colours and letters of its own; whoever leaves it has theirs again. */
function useWallLook(theme: "light" | "dark"): void {
  useEffect(() => {
    const root = document.documentElement;
    const before = root.dataset["theme"];
    root.dataset["theme"] = theme;
    root.classList.add("watch-wall-root");
    return () => {
      root.classList.remove("watch-wall-root");
      if (before === undefined) delete root.dataset["theme"];
      else root.dataset["theme"] = before;
    };
  }, [theme]);
}
