export interface SparklineProps {
  /** What it shows, in words: "Power, last 24 hours: 12 to 184 MW". */
  label: string;
  values: readonly number[];
  width?: number;
  height?: number;
}

/** The shape of a series beside a figure. `NaN` is a gap. */
export function Sparkline({ label, values, width = 96, height = 28 }: SparklineProps) {
  const known = values.filter((value) => !Number.isNaN(value));
  const least = Math.min(...known);
  const span = Math.max(...known) - least || 1;
  let path = "";
  let isPen = false;
  values.forEach((value, index) => {
    if (Number.isNaN(value)) { isPen = false; return; }
    const x = (index / Math.max(1, values.length - 1)) * (width - 2) + 1;
    const y = height - 2 - ((value - least) / span) * (height - 4);
    path += `${isPen ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    isPen = true;
  });
  return (
    <svg className="ui-sparkline" role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      <path d={path} />
    </svg>
  );
}
