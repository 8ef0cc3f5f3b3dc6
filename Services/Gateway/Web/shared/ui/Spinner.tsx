import { classes } from "./classes";
import { useText } from "../localization";

export interface SpinnerProps {
  size?: number;
  /** What is awaited, for screen readers; "Loading" unless said. Pass "" where words stand beside it. */
  label?: string;
}

export function Spinner({ size = 16, label }: SpinnerProps) {
  const text = useText();
  const words = label ?? text("ui.loading");
  return (
    <span className="ui-spinner" role={words ? "status" : undefined}>
      <svg className={classes("ui-spinner-ring")} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="6" className="ui-spinner-track" />
        <path d="M8 2a6 6 0 0 1 6 6" />
      </svg>
      {words && <span className="visually-hidden">{words}</span>}
    </span>
  );
}
