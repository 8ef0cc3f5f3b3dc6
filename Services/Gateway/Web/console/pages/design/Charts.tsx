import { useMemo, useState } from "react";
import { Card, Chart, type ChartSeries, FigureCard, Sparkline, type View } from "../../../shared/ui";
import { Section } from "./Section";

const day = 86_400_000;
const end = Date.UTC(2026, 10, 30);

/** A sun-like curve with noise, and a pause on the third day. */
function wave(key: string, name: string, unit: string, count: number, scale: number, phase: number, span: number, band = false): ChartSeries {
  const times = new Float64Array(count), values = new Float64Array(count), low = new Float64Array(count), high = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const time = end - span + (index / count) * span;
    const sun = Math.max(0, Math.sin(((time % day) / day) * 2 * Math.PI - Math.PI / 2 + phase / 10));
    const noise = (((index * 7919 + phase * 104_729) % 1000) / 1000 - 0.5) * 0.2;
    const pause = Math.floor((time - end + span) / (span / 14)) === 5 + (phase % 3);
    times[index] = time;
    values[index] = pause ? NaN : scale * (sun * (0.7 + 0.05 * phase) + noise * sun + 0.02 * phase);
    low[index] = values[index]! - scale * 0.1;
    high[index] = values[index]! + scale * 0.12;
  }
  return { key, name, unit, times, values, ...(band ? { low, high } : {}) };
}

export function Charts() {
  const [range, setRange] = useState<View>({ from: end - 7 * day, to: end });
  const [pressed, setPressed] = useState("");
  const few = useMemo(() => [wave("power", "Power", "MW", 700, 180, 1, 7 * day, true), wave("temp", "Temperature of module", "°C", 700, 60, 3, 7 * day)], []);
  const many = useMemo(() => Array.from({ length: 8 }, (_, index) => wave(`s${index}`, `Inverter ${index + 1}`, "kW", 100_000, 2500, index, 30 * day)), []);
  const thresholds = useMemo(() => [{ value: 62, unit: "°C", label: "Too hot", tone: "danger" as const }], []);
  const marks = useMemo(() => [
    { key: "a", at: end - 5.4 * day, to: end - 5.1 * day, label: "Fan failed", tone: "danger" as const },
    { key: "b", at: end - 2.5 * day, label: "Cleaning", tone: "info" as const },
  ], []);
  return (
    <>
      <Section title="Chart: two units, band, threshold, marks, gaps" wide>
        <Card><Chart label="Almería North" series={few} from={range.from} to={range.to} zone="Europe/Madrid" onRange={setRange} thresholds={thresholds} marks={marks} onMark={setPressed} /></Card>
        <p className="muted">Pressed mark: {pressed || "none"}</p>
      </Section>
      <Section title="Chart: 8 series of 100,000 points" wide>
        <Card><Chart label="Eight inverters" series={many} from={end - 30 * day} to={end} zone="Asia/Kolkata" height={340} /></Card>
      </Section>
      <Section title="Chart: nothing" wide>
        <Card><Chart label="Empty" series={[]} from={end - day} to={end} zone="UTC" height={160} /></Card>
      </Section>
      <Section title="Chart: loading, for the first time and again" wide>
        <Card><Chart label="Loading" series={[]} from={end - day} to={end} zone="UTC" height={160} loading /></Card>
        <Card><Chart label="Loading again" series={few} from={range.from} to={range.to} zone="UTC" height={160} loading /></Card>
      </Section>
      <Section title="Sparkline" wide>
        <div className="grid-cards"><FigureCard label="Power now" value="184.2" unit="MW" aside={<Sparkline label="Power, last 24 hours" values={[0, 0, 2, 20, 60, 110, 150, NaN, 184, 170, 120, 60, 10, 0]} />} /></div>
      </Section>
    </>
  );
}
