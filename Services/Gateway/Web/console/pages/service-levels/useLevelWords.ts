import { listed, useLocalization, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useSites } from "../../places";
import { days, minutesOf, type Day, type Draft, type HoursDraft, type LevelDraft, type Span } from "./draft";

/** 1 January 2024 was a Monday. */
const monday = Date.UTC(2024, 0, 1);

/** Days of the week as the reader calls them. */
export function useDayName(): (day: Day) => string {
  const { locale } = useLocalization();
  return (day) => new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" }).format(monday + days.indexOf(day) * 86_400_000);
}

/** Hours and levels in one line each, for lists and for what somebody else has changed. */
export function useLevelWords() {
  const text = useText();
  const format = useFormat();
  const dayName = useDayName();
  const sites = useSites();
  const hours = ({ when, days: chosen, from, until }: HoursDraft): string =>
    when === "always" ? text("orders.level.when.always") : text("orders.level.hours_of", { days: listed(days.filter((day) => chosen.includes(day)).map(dayName)), from, until });
  const span = (value: Span): string => { const minutes = minutesOf(value); return minutes === null ? "–" : format.duration(minutes * 60_000); };
  const level = ({ respond, restore, isAroundTheClock }: LevelDraft): string =>
    [`${text("orders.level.clock.respond")}: ${span(respond)}`, `${text("orders.level.clock.restore")}: ${span(restore)}`, ...(isAroundTheClock ? [text("orders.level.around")] : [])].join(", ");
  const site = (id: string): string => sites.get(id)?.name ?? text("orders.level.site_unknown");
  /** Of a part of the form. */
  const shown = (name: keyof Draft, value: unknown): string => {
    switch (name) {
      case "hours": return hours(value as HoursDraft);
      case "sites": return (value as Draft["sites"]).map((one) => `${site(one.siteId)}: ${hours(one.hours)}`).join("; ");
      case "pausedBy": return listed((value as Draft["pausedBy"]).map((one) => text(`orders.hold.${one}`)));
      default: return level(value as LevelDraft);
    }
  };
  return { hours, site, shown };
}
