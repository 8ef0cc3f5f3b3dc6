import { useEffect, useState } from "react";
import type { AssetResponse, SensorResponse } from "generated/api";
import { call } from "../../../shared/api/call";
import type { Line } from "./chartURL";

export interface LineSource {
  asset: AssetResponse;
  sensors: SensorResponse[];
}

/** Names and sensors of the assets whose lines a chart shows. */
export function useLineSources(lines: readonly Line[], known: LineSource | undefined): ReadonlyMap<string, LineSource> {
  const [sources, setSources] = useState<ReadonlyMap<string, LineSource>>(new Map());
  const others = [...new Set(lines.map((line) => line.assetId))].filter((id) => id !== known?.asset.id).join();
  useEffect(() => {
    let isHere = true;
    const ids = others.split(",").filter(Boolean);
    void Promise.all(ids.map(sourceOf)).then((found) => {
      if (isHere) setSources(new Map(found.flatMap((one) => (one ? [[one.asset.id, one]] : []))));
    });
    return () => void (isHere = false);
  }, [others]);
  return known ? new Map([...sources, [known.asset.id, known]]) : sources;
}

/** What may not be seen, or is gone, has no name here; its line is empty. */
async function sourceOf(id: string): Promise<LineSource | null> {
  try {
    const [asset, sensors] = await Promise.all([
      call("GET /api/v1/assets/{id}", { path: { id } }),
      call("GET /api/v1/sensors", { query: { assetId: id, limit: 200 } }),
    ]);
    return { asset, sensors: sensors.items };
  } catch {
    return null;
  }
}

/** The tag that is shown when nobody has chosen: what the asset is there for. */
export const usualTag = (sensors: readonly SensorResponse[]): string | undefined =>
  (sensors.find((sensor) => /(^|_)(active|ac)_?power/.test(sensor.tag)) ?? sensors.find((sensor) => sensor.tag.includes("power")) ?? sensors[0])?.tag;
