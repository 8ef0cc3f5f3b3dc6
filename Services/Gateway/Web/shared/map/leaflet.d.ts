// What the map uses of Leaflet 1.7, which brings no types.
declare module "leaflet" {
  export type LatLng = [number, number];
  export interface Layer {
    addTo(target: Map | LayerGroup): this;
    bindTooltip(content: string, options?: { direction?: string; permanent?: boolean; className?: string; offset?: [number, number] }): this;
    on(event: string, listener: (event: unknown) => void): this;
  }
  export interface Path extends Layer {
    getElement(): Element | undefined;
  }
  export interface LayerGroup extends Layer {
    clearLayers(): this;
  }
  export interface Map {
    setView(center: LatLng, zoom: number): this;
    fitBounds(bounds: LatLng[], options?: { padding?: [number, number]; maxZoom?: number }): this;
    getBounds(): { getSouth(): number; getNorth(): number; getWest(): number; getEast(): number };
    getZoom(): number;
    getContainer(): HTMLElement;
    getSize(): { x: number; y: number };
    on(event: string, listener: () => void): this;
    createPane(name: string): HTMLElement;
    remove(): void;
    invalidateSize(): this;
  }
  interface Renderer {}
  interface PathOptions {
    renderer?: Renderer;
    stroke?: boolean;
    color?: string;
    weight?: number;
    opacity?: number;
    fill?: boolean;
    fillColor?: string;
    fillOpacity?: number;
    className?: string;
    interactive?: boolean;
    radius?: number;
    dashArray?: string;
  }
  export function map(
    element: HTMLElement,
    options: { attributionControl?: boolean; zoomControl?: boolean; worldCopyJump?: boolean; minZoom?: number; maxZoom?: number; scrollWheelZoom?: boolean; dragging?: boolean; keyboard?: boolean; doubleClickZoom?: boolean; boxZoom?: boolean; touchZoom?: boolean; zoomAnimation?: boolean; fadeAnimation?: boolean; inertia?: boolean; trackResize?: boolean }
  ): Map;
  export function tileLayer(template: string, options: { attribution?: string; maxZoom?: number }): Layer;
  export function layerGroup(): LayerGroup;
  export function circleMarker(at: LatLng, options: PathOptions): Path;
  export function polyline(points: LatLng[] | LatLng[][], options: PathOptions): Path;
  export function polygon(rings: LatLng[][], options: PathOptions): Path;
  export function svg(options: { pane?: string; padding?: number }): Renderer;
  export const control: {
    zoom(options: { position?: string; zoomInTitle?: string; zoomOutTitle?: string }): { addTo(map: Map): void };
    attribution(options: { position?: string; prefix?: string | false }): { addTo(map: Map): { addAttribution(html: string): void } };
    scale(options: { imperial?: boolean; position?: string }): { addTo(map: Map): void };
  };
}
