import * as L from "leaflet";
import { useEffect, useRef } from "react";
import { useText } from "../localization";
import { useFormat } from "../localization/format";
import { aroundTheWorld, gridLines, gridStep } from "./graticule";
import { findTiles, type Tiles } from "./tiles";

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
  onOpen: (id: string) => void;
  /** For a wall: nothing to press or to move. */
  isStill?: boolean;
}

/** Without movements that could end after the map is gone; and it hears of its size from an observer. */
const calm = { zoomAnimation: false, fadeAnimation: false, inertia: false, trackResize: false };

/** Places on a map. What it shows also stands in a list beside it: a map is nothing for a keyboard. */
export default function MapView({ label, places, onOpen, isStill = false }: MapViewProps) {
  const text = useText();
  const format = useFormat();
  const element = useRef<HTMLDivElement>(null);
  const view = useRef<{ map: L.Map; layer: L.LayerGroup }>();
  const open = useRef(onOpen);
  open.current = onOpen;
  const fit = useRef(() => {});

  useEffect(() => {
    if (!element.current) return;
    const map = L.map(element.current, { attributionControl: false, zoomControl: false, worldCopyJump: true, minZoom: 1, maxZoom: 18, scrollWheelZoom: false, ...calm, ...(isStill ? { dragging: false, keyboard: false, doubleClickZoom: false, boxZoom: false, touchZoom: false } : {}) });
    map.setView([20, 0], 1);
    if (!isStill) L.control.zoom({ position: "topright", zoomInTitle: text("map.closer"), zoomOutTitle: text("map.further") }).addTo(map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    let isGone = false;
    void findTiles().then((tiles) => {
      if (isGone) return;
      if (tiles) drawTiles(map, tiles);
      else drawGrid(map, (degrees) => `${format.number(degrees)}°`);
    });
    // Where there are no pictures, or not yet. The places are there without it all the same.
    void import("./land").then(({ drawLand }) => isGone || drawLand(map)).catch(console.error);
    const layer = L.layerGroup().addTo(map);
    view.current = { map, layer };
    // Somebody may have chosen another part of the map.
    let isChosen = false;
    const choose = () => void (isChosen = true);
    for (const kind of ["pointerdown", "keydown"]) element.current.addEventListener(kind, choose);
    const observer = new ResizeObserver(() => {
      map.invalidateSize();
      if (!isChosen) fit.current();
    });
    observer.observe(element.current);
    return () => {
      isGone = true;
      observer.disconnect();
      for (const kind of ["pointerdown", "keydown"]) map.getContainer().removeEventListener(kind, choose);
      map.remove();
    };
  }, [text, format, isStill]);

  const positions = places.map((place) => `${place.id} ${place.latitude} ${place.longitude}`).join();
  useEffect(() => {
    const bounds = places.map((place): L.LatLng => [place.latitude, place.longitude]);
    fit.current = () => {
      const { map } = view.current ?? {};
      if (!map || bounds.length === 0) return;
      // A place alone is seen with the coasts around it. On a low map, a wide margin would leave nothing for the places.
      const { x, y } = map.getSize();
      const margin = Math.min(40, x / 6, y / 6);
      map.fitBounds(bounds, { padding: [margin, margin], maxZoom: bounds.length === 1 ? 5 : 9 });
    };
    fit.current();
    // Only when a place comes, goes or moves: somebody may have chosen another part of the map.
  }, [positions, text, format, isStill]);

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
  }, [places, text, format, isStill]);

  return <div ref={element} className="map" dir="ltr" role="group" aria-label={label} />;
}

/** Leaflet takes tooltips for HTML. */
const escape = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function drawTiles(map: L.Map, { template, attribution }: Tiles): void {
  L.tileLayer(template, { maxZoom: 18 }).addTo(map);
  if (attribution) L.control.attribution({ position: "bottomleft", prefix: false }).addTo(map).addAttribution(escape(attribution));
}

function drawGrid(map: L.Map, name: (degrees: number) => string): void {
  const grid = L.layerGroup().addTo(map);
  const draw = () => {
    const bounds = map.getBounds();
    const [south, north] = [Math.max(-85, bounds.getSouth()), Math.min(85, bounds.getNorth())];
    const [west, east] = [bounds.getWest(), bounds.getEast()];
    const step = gridStep(Math.max(east - west, north - south));
    grid.clearLayers();
    const line = (points: L.LatLng[]) => L.polyline(points, { className: "map-grid", weight: 1, interactive: false }).addTo(grid);
    // Their names stand at the edge, where lines of the other kind have none.
    const label = (at: L.LatLng, degrees: number, direction: string) =>
      L.polyline([at, at], { weight: 0, interactive: false }).bindTooltip(name(degrees), { permanent: true, direction, offset: [0, 0], className: "map-degree" }).addTo(grid);
    for (const degrees of gridLines(south, north, step)) {
      line([[degrees, west], [degrees, east]]);
      if (degrees > south + step / 2) label([degrees, west], degrees, "right");
    }
    for (const degrees of gridLines(west, east, step)) {
      line([[south, degrees], [north, degrees]]);
      if (degrees > west + step / 2) label([south, degrees], aroundTheWorld(degrees), "top");
    }
  };
  map.on("moveend", draw);
  draw();
}
