import { call, type Answer, type Input, type Operation } from "../../../shared/api/call";

/** What is called power, the first first: of an asset with several of these, the first counts. */
const powerTags = ["active_power", "ac_power", "active_power_kw", "ac_power_kw", "total_active_power", "grid_active_power", "inverter_active_power", "inverter_ac_power"];

const perUnit: Record<string, number> = { W: 0.001, kW: 1, MW: 1_000, GW: 1_000_000 };
/** The power in kW; `null`: the unit is none of power. */
const kilowatts = (value: number, unit: string): number | null => (unit in perUnit ? value * (perUnit[unit] ?? 1) : null);

/** More pages than this are not read: the first ones say enough. */
const mostPages = 50;

/** What it is narrowed to by the sites. */
type OfScope = { siteId?: string[] };

type Paged = "GET /api/v1/telemetry/latest" | "GET /api/v1/telemetry/sums";

/** Reads a list to its end. */
async function whole<K extends Paged & Operation>(operation: K, query: object, signal: AbortSignal): Promise<Answer<K>["items"][number][]> {
  const items: Answer<K>["items"][number][] = [];
  let cursor: string | null | undefined;
  for (let page = 0; page < mostPages && cursor !== null; page++) {
    const answer: Answer<Paged> = await call(operation, { query: { ...query, tag: powerTags, cursor: cursor ?? undefined } } as unknown as Input<K>, { signal });
    items.push(...(answer.items as Answer<K>["items"]));
    cursor = answer.nextCursor ?? null;
  }
  return items;
}

export interface PowerValue { assetId: string; siteId: string; kilowatts: number; /** NaN: it has sent nothing yet. */ at: number }

/** The last power of every asset that measures it. */
export async function lastPower(ofScope: OfScope, signal: AbortSignal): Promise<PowerValue[]> {
  const found = new Map<string, PowerValue & { rank: number }>();
  for (const { assetId, siteId, tag, unit, time, value } of await whole("GET /api/v1/telemetry/latest", { ...ofScope, limit: 1_000 }, signal)) {
    const power = kilowatts(value ?? 0, unit);
    const rank = powerTags.indexOf(tag);
    if (power === null || rank > (found.get(assetId)?.rank ?? Infinity)) continue;
    found.set(assetId, { assetId, siteId, kilowatts: power, at: time && value != null ? Date.parse(time) : NaN, rank });
  }
  return [...found.values()];
}

export type SitePower = Answer<"GET /api/v1/telemetry/sums">["items"][number];

/** The power of each site that measures it, in kW. */
export async function sumsOfPower(ofScope: OfScope, interval: "15m" | "1h", from: number, to: number, signal: AbortSignal): Promise<SitePower[]> {
  const query = { ...ofScope, interval, from: new Date(from).toISOString(), to: new Date(to).toISOString(), limit: 200 };
  return (await whole("GET /api/v1/telemetry/sums", query, signal)).filter(({ unit, assets, times }) => unit === "kW" && (assets > 0 || times.length > 0));
}
