import { classes } from "./classes";
import { useText } from "../localization";

export interface SkeletonProps {
  lines?: number;
  /** Height of a block in pixels, instead of lines. */
  height?: number;
}

/** The shape of what is on its way. It appears only after a moment, so that quick answers do not flicker. */
export function Skeleton({ lines = 3, height }: SkeletonProps) {
  const text = useText();
  return (
    <div className="ui-skeleton" role="status">
      <span className="visually-hidden">{text("ui.loading")}</span>
      {height === undefined
        ? Array.from({ length: lines }, (_, line) => <div key={line} className={classes("ui-skeleton-line", line === lines - 1 && lines > 1 && "ui-skeleton-last")} />)
        : <div className="ui-skeleton-line" style={{ blockSize: height }} />}
    </div>
  );
}
