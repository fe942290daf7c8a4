/* A map of shapes and points from this server alone: no fonts, no other address, and no tiles unless the county set
   some, which come through the server too. Names are elements of the page, so that they use its fonts; every number
   stands in the table beside the map as well. */
import "maplibre-gl/dist/maplibre-gl.css";
import {
  Map as Drawn,
  Marker,
  NavigationControl,
  ScaleControl,
  type StyleSpecification,
  setWorkerUrl,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { divide } from "./divide";
import { draw } from "./draw";
import { showHomes } from "./homes";
import { drawLine } from "./line";
import { type Colours, colours } from "./look";
import { layNames } from "./names";
import { pick } from "./pick";
import { type At, read } from "./rings";
import { spot } from "./spot";

setWorkerUrl(workerUrl);

export interface Place {
  code: string;
  name: string;
  shade: number;
  count: number | null;
  unit: string;
  derived: boolean;
  lon: number;
  lat: number;
  url: string;
}
export interface Shapes extends GeoJSON.FeatureCollection<GeoJSON.Polygon | GeoJSON.MultiPolygon, Place> {
  frame: GeoJSON.Feature | null;
  box: Box | null;
}
export type Box = [number, number, number, number];
type Homes = GeoJSON.FeatureCollection<GeoJSON.Point>;

const FAR_WIDER = 16; // four times in each direction
const WHOLE: Box = [73, 18, 135, 54];

export async function fetched<T>(address: string | undefined): Promise<T | null> {
  if (!address) return null;
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.statusText);
  return (await answer.json()) as T;
}

function ground(box: HTMLElement, colour: Colours): StyleSpecification {
  const style: StyleSpecification = {
    version: 8,
    sources: {},
    layers: [{ id: "paper", type: "background", paint: { "background-color": colour.paper } }],
  };
  const { tiles, credit = "" } = box.dataset;
  if (tiles) {
    const whose = document.createElement("span");
    whose.textContent = credit;
    const address = new URL(tiles, location.href).href.replace(/%7B/g, "{").replace(/%7D/g, "}");
    style.sources.tiles = { type: "raster", tiles: [address], tileSize: 256, attribution: whose.innerHTML };
    style.layers.push({ id: "tiles", type: "raster", source: "tiles", paint: { "raster-saturation": -0.6 } });
  }
  return style;
}

/* A map without anything on it yet but the paper, its buttons and its scale. */
export async function begun(box: HTMLElement, bounds: Box | null | undefined, colour: Colours): Promise<Drawn> {
  box.replaceChildren();
  const map = new Drawn({
    container: box,
    style: ground(box, colour),
    bounds: bounds ?? WHOLE,
    fitBoundsOptions: { padding: 28 },
    attributionControl: box.dataset.credit ? { compact: false } : false,
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: 20,
    locale: words(box),
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  await new Promise<void>((ready) => map.once("load", () => ready()));
  return map;
}

export async function show(box: HTMLElement): Promise<void> {
  const colour = colours();
  if (box.dataset.divides) {
    await divide(box, colour);
    return ready(box);
  }
  const shapes = await fetched<Shapes>(box.dataset.shapes);
  const homes = await fetched<Homes>(box.dataset.points);
  const { draws, line, spot: pointed, picks, own } = box.dataset;
  const drawing = draws !== undefined || line !== undefined || pointed !== undefined;
  const lived = around(homes?.features.map((one) => one.geometry.coordinates as At));
  const drawn = draws === undefined ? null : around(drawnIn(draws));
  const near = line !== undefined || draws !== undefined || lonely(shapes?.box, lived) ? lived : null;
  const map = await begun(box, drawn ?? near ?? shapes?.box ?? lived, colour);
  if (shapes) layShapes(map, shapes, colour, drawing || picks !== undefined ? (own ?? "") : undefined, drawing);
  if (homes) showHomes(map, homes, colour, drawing);
  if (shapes) nameShapes(map, shapes, homes, drawing);
  markMisfits(map, box);
  if (draws !== undefined) draw(map, box, colour);
  if (line !== undefined) drawLine(map, box, colour);
  if (picks !== undefined) pick(map, box, colour);
  if (pointed !== undefined) spot(map, box, colour);
  ready(box);
}

/* The corners of the boundary that stands in a form's field. */
const drawnIn = (field: string): At[] =>
  read(document.querySelector<HTMLTextAreaElement>(`#${field}`)?.value ?? "").flat(2);

/* The box around places, with a margin; nothing where there are none. */
function around(places: At[] = []): Box | null {
  if (!places.length) return null;
  const [lons, lats] = [0, 1].map((n) => places.map((at) => at[n] ?? 0)) as [number[], number[]];
  const edge = 0.002;
  return [Math.min(...lons) - edge, Math.min(...lats) - edge, Math.max(...lons) + edge, Math.max(...lats) + edge];
}

/* Whether the homes stand close together in far wider land, where they would be one spot. */
function lonely(land: Box | null | undefined, lived: Box | null): boolean {
  const size = ([west, south, east, north]: Box): number => (east - west) * (north - south);
  return !!land && !!lived && size(land) > FAR_WIDER * size(lived);
}

function ready(box: HTMLElement): void {
  box.classList.add("ready");
  box.dataset.ready = "";
}

function words(box: HTMLElement): Record<string, string> {
  const { zoomIn = "", zoomOut = "", title = "" } = box.dataset;
  return { "NavigationControl.ZoomIn": zoomIn, "NavigationControl.ZoomOut": zoomOut, "Map.Title": title };
}

function layShapes(map: Drawn, shapes: Shapes, colour: Colours, own: string | undefined, plain: boolean): void {
  const features = own ? shapes.features.filter((one) => one.properties.code !== own) : shapes.features;
  map.addSource("shapes", { type: "geojson", data: { type: "FeatureCollection", features } });
  map.addLayer({
    id: "areas",
    type: "fill",
    source: "shapes",
    paint: {
      "fill-color": plain
        ? colour.shades[1]
        : [
            "match",
            ["get", "shade"],
            -1,
            colour.nobody,
            1,
            colour.shades[1],
            2,
            colour.shades[2],
            3,
            colour.shades[3],
            4,
            colour.shades[4],
            ...colour.tones.flatMap((tone, n) => [n + 5, tone]),
            colour.shades[0],
          ],
      "fill-opacity": map.getSource("tiles") ? 0.5 : 0.9,
    },
  });
  map.addLayer({
    id: "lines",
    type: "line",
    source: "shapes",
    filter: ["!", ["get", "derived"]],
    paint: { "line-color": colour.line, "line-width": 1.2 },
  });
  map.addLayer({
    id: "derived",
    type: "line",
    source: "shapes",
    filter: ["get", "derived"],
    paint: { "line-color": colour.line, "line-width": 1, "line-dasharray": [3, 2] },
  });
  if (shapes.frame) {
    map.addSource("frame", { type: "geojson", data: shapes.frame });
    map.addLayer({ id: "frame", type: "line", source: "frame", paint: { "line-color": colour.ink, "line-width": 2 } });
  }
  if (own !== undefined) return;
  map.on("click", "areas", (event) => {
    const url = event.features?.[0]?.properties.url as string | undefined;
    const onPoint =
      map.getLayer("homes") &&
      map.queryRenderedFeatures(event.point, { layers: ["homes", "sites", "clusters"] }).length > 0;
    if (url && !onPoint) location.assign(url);
  });
  map.on("mouseenter", "areas", () => map.getCanvas().style.setProperty("cursor", "pointer"));
  map.on("mouseleave", "areas", () => map.getCanvas().style.removeProperty("cursor"));
  traceRows(map, colour);
}

/* The place whose line of the table is pointed at, or reached by j and k, is outlined on the map; and the other way. */
function traceRows(map: Drawn, colour: Colours): void {
  const none = "";
  map.addLayer({
    id: "traced",
    type: "line",
    source: "shapes",
    filter: ["==", ["get", "code"], none],
    paint: { "line-color": colour.accent, "line-width": 3.5 },
  });
  const links = [...document.querySelectorAll<HTMLElement>("[data-rows] a[data-code]")];
  let traced = none;
  const trace = (code: string) => {
    if (code === traced) return;
    traced = code;
    map.setFilter("traced", ["==", ["get", "code"], code]);
    for (const link of links) link.closest("tr")?.classList.toggle("traced", link.dataset.code === code);
  };
  for (const link of links) {
    const { code = none } = link.dataset;
    link.addEventListener("focus", () => trace(code));
    link.addEventListener("blur", () => trace(none));
    link.closest("tr")?.addEventListener("mouseenter", () => trace(code));
    link.closest("tr")?.addEventListener("mouseleave", () => trace(none));
  }
  map.on("mousemove", "areas", (event) => trace(String(event.features?.[0]?.properties.code ?? none)));
  map.on("mouseleave", "areas", () => trace(none));
}

/* A name, with its number while single homes are not shown. */
function nameShapes(map: Drawn, shapes: Shapes, homes: Homes | null, plain: boolean): void {
  const names = shapes.features.map(({ properties: { name, count, unit, lon, lat, url, code }, geometry }) => ({
    text: name,
    number: homes || plain || count === null ? "" : `${count}${unit}`,
    weight: count ?? 0,
    at: [lon, lat] as At,
    shape: geometry,
    url,
    code,
  }));
  layNames(map, names, homes?.features.map((one) => one.geometry.coordinates as At) ?? []);
}

/* Where something does not fit: a mark that the list beside the map names. */
function markMisfits(map: Drawn, box: HTMLElement): void {
  for (const line of document.querySelectorAll<HTMLElement>(`[data-misfit="${box.id}"]`)) {
    const at: [number, number] = [Number(line.dataset.lon), Number(line.dataset.lat)];
    const element = document.createElement("div");
    element.className = "map-mark";
    new Marker({ element }).setLngLat(at).addTo(map);
    line.querySelector("button")?.addEventListener("click", () => map.flyTo({ center: at, zoom: 17 }));
  }
}
