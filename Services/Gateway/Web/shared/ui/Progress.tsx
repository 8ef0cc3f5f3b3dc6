import { useFormat } from "../localization/format";

export interface ProgressProps {
  label: string;
  /** 0 to 1; without it the end is not known. */
  value?: number;
  /** Beside the label; the percentage unless said. */
  note?: string;
}

export function Progress({ label, value, note }: ProgressProps) {
  const format = useFormat();
  const share = value === undefined ? undefined : Math.max(0, Math.min(1, value));
  const percent = share === undefined ? undefined : format.number(share, { style: "percent" });
  return (
    <div className="ui-progress">
      <div className="ui-progress-words"><span>{label}</span><span className="muted">{note ?? percent}</span></div>
      <div
        className="ui-progress-track"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share === undefined ? undefined : Math.round(share * 100)}
        aria-valuetext={note ?? percent}
      >
        <div className={share === undefined ? "ui-progress-moving" : "ui-progress-bar"} style={share === undefined ? undefined : { inlineSize: `${share * 100}%` }} />
      </div>
    </div>
  );
}
