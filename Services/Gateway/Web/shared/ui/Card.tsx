import { type ReactNode, useId } from "react";
import { classes } from "./classes";

export interface CardProps {
  title?: ReactNode;
  /** Beside the title, at the end of the line. */
  actions?: ReactNode;
  /** Without inner space, for a table or a chart that goes to the edges. */
  flush?: boolean;
  /** Level of the heading; 2 unless said. */
  level?: 2 | 3;
  className?: string;
  children?: ReactNode;
}

export function Card({ title, actions, flush = false, level = 2, className, children }: CardProps) {
  const id = useId();
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <section className={classes("ui-card", flush && "ui-card-flush", className)} aria-labelledby={title ? id : undefined}>
      {(title || actions) && (
        <header className="ui-card-header">
          {title && <Heading id={id} className="ui-card-title">{title}</Heading>}
          {actions && <div className="ui-card-actions">{actions}</div>}
        </header>
      )}
      <div className="ui-card-body">{children}</div>
    </section>
  );
}

export interface FigureCardProps {
  label: string;
  value: ReactNode;
  unit?: string;
  /** A line below: a change, a target, a link. */
  note?: ReactNode;
  /** A sparkline or an icon. */
  aside?: ReactNode;
}

/** One figure, large, with what it is. */
export function FigureCard({ label, value, unit, note, aside }: FigureCardProps) {
  return (
    <div className="ui-card ui-figure" role="group" aria-label={label}>
      <div className="ui-figure-label">{label}</div>
      <div className="ui-figure-row">
        <div className="ui-figure-value">{value}{unit && <span className="ui-figure-unit"> {unit}</span>}</div>
        {aside}
      </div>
      {note && <div className="ui-figure-note">{note}</div>}
    </div>
  );
}
