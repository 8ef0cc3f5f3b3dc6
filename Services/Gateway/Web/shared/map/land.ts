import { rings, steps } from "generated/land";
import * as L from "leaflet";

const isEdge = ([latitude, longitude]: L.LatLng): boolean => Math.abs(longitude) === 180 || latitude === -90;
const outlines = rings.map(decode);
/** Where the shore is. The source ends at the edges of the world, and goes around them. */
const shores = outlines.flatMap((outline) => split([...outline, ...outline.slice(0, 1)]));

/** The points of a ring that tells where it begins and how far it is from each point to the next: longitude, latitude. */
function decode(moves: readonly number[]): L.LatLng[] {
  const points: L.LatLng[] = [];
  let [x, y] = [0, 0];
  for (let at = 0; at + 1 < moves.length; at += 2) {
    x += moves[at] ?? 0;
    y += moves[at + 1] ?? 0;
    points.push([y / steps, x / steps]);
  }
  return points;
}

function split(line: readonly L.LatLng[]): L.LatLng[][] {
  const parts: L.LatLng[][] = [];
  let part: L.LatLng[] = [];
  for (const point of line) {
    const before = part[part.length - 1];
    if (before && isEdge(before) && isEdge(point)) {
      parts.push(part);
      part = [];
    }
    part.push(point);
  }
  return [...parts, part].filter(({ length }) => length > 1);
}

/** Draws land below all else, as often as the world is seen. */
export function drawLand(map: L.Map): void {
  map.createPane("land").classList.add("map-land-pane");
  const renderer = L.svg({ pane: "land", padding: 0.5 });
  const layer = L.layerGroup().addTo(map);
  let drawn = "";
  const draw = () => {
    const bounds = map.getBounds();
    const turnOf = (longitude: number) => Math.floor((longitude + 180) / 360);
    const turns: number[] = [];
    for (let turn = turnOf(bounds.getWest()); turn <= turnOf(bounds.getEast()); turn++) turns.push(turn);
    if (turns.join() === drawn) return;
    drawn = turns.join();
    layer.clearLayers();
    for (const turn of turns) {
      const moved = (lines: L.LatLng[][]) => lines.map((line) => line.map(([latitude, longitude]): L.LatLng => [latitude, longitude + 360 * turn]));
      L.polygon(moved(outlines), { renderer, stroke: false, className: "map-land", interactive: false }).addTo(layer);
      L.polyline(moved(shores), { renderer, weight: 1, className: "map-shore", interactive: false }).addTo(layer);
    }
  };
  map.on("moveend", draw);
  draw();
}
