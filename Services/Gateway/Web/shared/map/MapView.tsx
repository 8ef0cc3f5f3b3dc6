import * as L from "leaflet";
import { useEffect, useRef } from "react";
import { useText } from "../localization";
import { gridLines, gridStep } from "./graticule";

export interface Place {
  id: string;
  name: string;
  latitude: number;
  longitude: number;
  /** Its state: colour and size say it, and so does the name's second line. */
  tone: "success" | "warning" | "danger" | "neutral";
  state: string;
}

export interface MapViewProps {
  label: string;
  places: Place[];
  /** Where pictures of the map come from, with `{z}/{x}/{y}`; without it, a grid of latitude and longitude is drawn. */
  tiles?: string | undefined;
  onOpen: (id: string) => void;
}

/** Places on a map. What it shows also stands in a list beside it: a map is nothing for a keyboard. */
export default function MapView({ label, places, tiles, onOpen }: MapViewProps) {
  const text = useText();
  const element = useRef<HTMLDivElement>(null);
  const view = useRef<{ map: L.Map; layer: L.LayerGroup }>();
  const open = useRef(onOpen);
  open.current = onOpen;

  useEffect(() => {
    if (!element.current) return;
    const map = L.map(element.current, { attributionControl: false, zoomControl: false, worldCopyJump: true, minZoom: 1, maxZoom: 18, scrollWheelZoom: false });
    map.setView([20, 0], 1);
    L.control.zoom({ position: "topright", zoomInTitle: text("map.closer"), zoomOutTitle: text("map.further") }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    if (tiles) L.tileLayer(tiles, { maxZoom: 18 }).addTo(map);
    else drawGrid(map);
    const layer = L.layerGroup().addTo(map);
    view.current = { map, layer };
    const observer = new ResizeObserver(() => map.invalidateSize());
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      map.remove();
    };
  }, [tiles, text]);

  const positions = places.map((place) => `${place.id} ${place.latitude} ${place.longitude}`).join();
  useEffect(() => {
    const bounds = places.map((place): L.LatLng => [place.latitude, place.longitude]);
    if (bounds.length > 0) view.current?.map.fitBounds(bounds, { padding: [40, 40], maxZoom: 9 });
    // Only when a place comes, goes or moves: somebody may have chosen another part of the map.
  }, [positions, tiles, text]);

  useEffect(() => {
    const { layer } = view.current ?? {};
    if (!layer) return;
    layer.clearLayers();
    // What needs somebody lies on top.
    const order = ["neutral", "success", "warning", "danger"];
    for (const place of [...places].sort((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone))) {
      L.circleMarker([place.latitude, place.longitude], { radius: place.tone === "danger" ? 9 : 7, weight: 2, className: `map-place map-${place.tone}` })
        .bindTooltip(escape(`${place.name} – ${place.state}`), { direction: "top" })
        .on("click", () => open.current(place.id))
        .addTo(layer);
    }
  }, [places, tiles, text]);

  return <div ref={element} className="map" role="group" aria-label={label} />;
}

/** Leaflet takes tooltips for HTML. */
const escape = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function drawGrid(map: L.Map): void {
  const grid = L.layerGroup().addTo(map);
  const draw = () => {
    const bounds = map.getBounds();
    const [south, north] = [Math.max(-85, bounds.getSouth()), Math.min(85, bounds.getNorth())];
    const [west, east] = [bounds.getWest(), bounds.getEast()];
    const step = gridStep(Math.max(east - west, north - south));
    grid.clearLayers();
    const line = (points: L.LatLng[]) => L.polyline(points, { className: "map-grid", weight: 1, interactive: false }).addTo(grid);
    // Degrees stand at the edges, where no place is covered by them.
    const degree = (at: L.LatLng, name: string, direction: string) =>
      L.circleMarker(at, { radius: 0, weight: 0, interactive: false }).bindTooltip(name, { permanent: true, direction, className: "map-degree" }).addTo(grid);
    for (const degrees of gridLines(south, north, step)) {
      line([[degrees, west], [degrees, east]]);
      degree([degrees, west], degreesText(degrees, "N", "S"), "right");
    }
    for (const degrees of gridLines(west, east, step)) {
      line([[south, degrees], [north, degrees]]);
      degree([north, degrees], degreesText(degrees, "E", "W"), "bottom");
    }
  };
  map.on("moveend", draw);
  draw();
}

const degreesText = (degrees: number, positive: string, negative: string): string =>
  degrees === 0 ? "0°" : `${Math.abs(degrees)}° ${degrees > 0 ? positive : negative}`;
