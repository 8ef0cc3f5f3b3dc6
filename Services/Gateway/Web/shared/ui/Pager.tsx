import { useEffect, useRef } from "react";
import { useText } from "../localization";
import { Button } from "./Button";

export interface PagerProps {
  /** Whether there is a next page. */
  more: boolean;
  busy: boolean;
  load: () => void;
}

/** The end of a list with a cursor: it loads the next page when it comes into sight, and is a button for who has no scrolling. */
export function Pager({ more, busy, load }: PagerProps) {
  const text = useText();
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    if (!more || busy || !end.current) return;
    const watcher = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) latest.current(); }, { rootMargin: "200px" });
    watcher.observe(end.current);
    return () => watcher.disconnect();
  }, [more, busy]);
  return (
    <div ref={end} className="ui-pager">
      {more ? <Button kind="ghost" busy={busy} onClick={load}>{text("ui.more")}</Button> : <span className="muted">{text("ui.end")}</span>}
    </div>
  );
}
