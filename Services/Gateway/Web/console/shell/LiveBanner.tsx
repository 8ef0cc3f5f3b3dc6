import { useEffect, useState } from "react";
import { live } from "../../shared/data/live";
import { useFormat } from "../../shared/localization/format";
import { useText } from "../../shared/localization";
import { Banner } from "../../shared/ui";

/** A moment without the connection is nothing to tell anybody. */
const patience = 5_000;

/** Says that what the page shows may be old. */
export function LiveBanner() {
  const text = useText();
  const format = useFormat();
  const state = live.state.use();
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (state.phase !== "away") return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [state.phase]);
  if (state.phase !== "away" || now - state.since < patience) return null;
  return <Banner tone="warning" icon="offline">{text("app.stale", { time: format.time(state.since) })}</Banner>;
}
