import type { ReactNode } from "react";
import { useFormat } from "../localization/format";
import type { Tone } from "./Badge";
import { classes } from "./classes";
import { Icon } from "./Icon";
import type { IconName } from "./icons";

export interface TimelineEvent {
  key: string;
  /** RFC 3339. */
  at: string;
  /** Who did what, as a whole sentence. */
  text: ReactNode;
  /** More under it: a comment, a change. */
  detail?: ReactNode;
  icon?: IconName;
  tone?: Tone;
}

export interface TimelineProps { label: string; events: readonly TimelineEvent[]; zone?: string }

/** What happened, in the given order, by days. */
export function Timeline({ label, events, zone }: TimelineProps) {
  const format = useFormat();
  let day = "";
  return (
    <ol className="ui-timeline" aria-label={label}>
      {events.map((event) => {
        const date = format.date(event.at, zone);
        const isNewDay = date !== day;
        day = date;
        return (
          <li key={event.key} className={classes("ui-timeline-event", `ui-tone-${event.tone ?? "neutral"}`)}>
            {isNewDay && <div className="ui-timeline-day">{date}</div>}
            <div className="ui-timeline-line">
              <span className="ui-timeline-mark"><Icon name={event.icon ?? "circle"} size={12} /></span>
              <div className="ui-timeline-words">
                <div>{event.text}</div>
                {event.detail && <div className="ui-timeline-detail">{event.detail}</div>}
              </div>
              <time className="ui-timeline-time" dateTime={event.at} title={format.dateTime(event.at, zone)}>{format.time(event.at, zone)}</time>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
