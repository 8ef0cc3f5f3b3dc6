import type { Tone } from "./Badge";

/** One line. Times ascend (milliseconds since 1970); a value that is `NaN` is a gap. */
export interface ChartSeries {
  key: string;
  name: string;
  unit: string;
  /** Digits after the point; 2 unless said. */
  digits?: number;
  times: Float64Array;
  values: Float64Array;
  /** Least and greatest of what each value stands for: drawn as a band. */
  low?: Float64Array;
  high?: Float64Array;
}

export interface ChartThreshold { value: number; unit: string; label: string; tone: Tone }

/** A moment or a span worth seeing: an alert, a work order. */
export interface ChartMark { key: string; at: number; to?: number; label: string; tone: Tone }

export interface View { from: number; to: number }

/** What the reader has chosen to see of a chart. */
export interface ChartChoice {
  /** Keys of the lines that are not drawn. */
  hidden: readonly string[];
  asTable: boolean;
}

export interface ChartProps {
  /** What is shown, for screen readers and names of files. */
  label: string;
  series: readonly ChartSeries[];
  from: number;
  to: number;
  /** The named zone of the time axis. */
  zone: string;
  /** Called a moment after zooming or panning: finer values can be read. */
  onRange?: (view: View) => void;
  /** Where the page keeps the choice; the chart keeps it unless said. */
  choice?: ChartChoice;
  onChoice?: (choice: ChartChoice) => void;
  thresholds?: readonly ChartThreshold[];
  marks?: readonly ChartMark[];
  onMark?: (key: string) => void;
  height?: number;
  loading?: boolean;
}

/** Where the lines are drawn, in CSS pixels. */
export interface Plot { left: number; top: number; width: number; height: number }
