import type { Tone } from "./Badge";

/** One line. Times ascend (milliseconds since 1970); a value that is `NaN` is a gap. */
export interface ChartSeries {
  key: string;
  name: string;
  unit: string;
  times: Float64Array;
  values: Float64Array | Float32Array;
  /** Least and greatest of what each value stands for: drawn as a band. */
  low?: Float64Array | Float32Array;
  high?: Float64Array | Float32Array;
  /** A longer pause than this (milliseconds) is a gap; three times the usual distance unless said. */
  gap?: number;
}

export interface ChartThreshold { value: number; unit: string; label: string; tone: Tone }

/** A moment or a span worth seeing: an alert, a work order. */
export interface ChartMark { key: string; at: number; to?: number; label: string; tone: Tone }

export interface View { from: number; to: number }

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
  /** What "show everything" goes back to; `from` and `to` at first unless said. */
  home?: View;
  thresholds?: readonly ChartThreshold[];
  marks?: readonly ChartMark[];
  onMark?: (key: string) => void;
  height?: number;
  loading?: boolean;
}

/** Where the lines are drawn, in CSS pixels. */
export interface Plot { left: number; top: number; width: number; height: number }
