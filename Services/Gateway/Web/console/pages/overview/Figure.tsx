import type { ReactNode } from "react";
import { Link } from "../../../shared/router";
import type { Tone } from "../../../shared/ui";

export interface FigureProps {
  label: string;
  /** `undefined` is not known. */
  value: ReactNode;
  /** Behind the value, smaller: a unit, how many there are. */
  of?: ReactNode;
  /** A line below. */
  note?: ReactNode;
  tone?: Tone;
  mark?: ReactNode;
  to?: string | null;
}

export function Figure({ label, value, of, note, tone = "neutral", mark, to = null }: FigureProps) {
  const inside = (
    <>
      <span className="watch-figure-label">{mark}{label}</span>
      <span className="watch-figure-value">
        {value ?? "–"}
        {of !== undefined && value !== undefined && <span className="watch-figure-of"> {of}</span>}
      </span>
      {note && <span className="watch-figure-note">{note}</span>}
    </>
  );
  const name = `ui-card watch-figure ui-tone-${tone}`;
  return to === null ? <div className={name} role="group" aria-label={label}>{inside}</div> : <Link className={name} to={to}>{inside}</Link>;
}
