/** Where pictures of the map come from, with `{z}`, `{x}` and `{y}`, and whose they are. */
export interface Tiles {
  template: string;
  attribution: string;
}

let found: Promise<Tiles | null> | undefined;

/** What the operator has configured. Without it, or without an answer, maps are drawn by the console itself. */
export const findTiles = (): Promise<Tiles | null> => (found ??= ask().catch(() => null));

async function ask(): Promise<Tiles | null> {
  const response = await fetch("/map.json", { headers: { Accept: "application/json" } });
  if (!response.ok) return null;
  const { tiles, attribution } = (await response.json()) as { tiles?: string | null; attribution?: string | null };
  return tiles ? { template: tiles, attribution: attribution ?? "" } : null;
}
