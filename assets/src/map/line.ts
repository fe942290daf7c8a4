/* Drawing a line: each press adds a point, Enter one in the map's middle, a step back takes one away. What is drawn stands in the form's field at
   every moment; lines that are there already are shown with it. */
import type { Map as Drawn, GeoJSONSource, LngLat } from "maplibre-gl";
import { byKey } from "./keyed";
import type { Colours } from "./look";

type At = [number, number];

function read(text: string): At[] {
  try {
    const found = JSON.parse(text) as GeoJSON.Geometry;
    return found.type === "LineString" ? (found.coordinates as At[]) : [];
  } catch {
    return [];
  }
}

export function layLines(map: Drawn, lines: GeoJSON.FeatureCollection, colour: Colours): void {
  map.addSource("barriers", { type: "geojson", data: lines });
  map.addLayer({
    id: "barriers",
    type: "line",
    source: "barriers",
    filter: ["==", ["get", "sort"], "barrier"],
    paint: { "line-color": colour.info, "line-width": 4 },
  });
  map.addLayer({
    id: "roads",
    type: "line",
    source: "barriers",
    filter: ["==", ["get", "sort"], "road"],
    paint: { "line-color": colour.ink, "line-width": 1.5, "line-opacity": 0.7 },
  });
  map.addLayer({
    id: "bridges",
    type: "line",
    source: "barriers",
    filter: ["==", ["get", "sort"], "bridge"],
    paint: { "line-color": colour.ink, "line-width": 4, "line-dasharray": [1, 0.6] },
  });
}

export function drawLine(map: Drawn, box: HTMLElement, colour: Colours): void {
  const field = document.querySelector<HTMLTextAreaElement>(`#${box.dataset.line}`);
  if (!field) return;
  const there = JSON.parse(box.dataset.lines || "[]") as {
    sort: string;
    line: GeoJSON.LineString | GeoJSON.MultiLineString;
  }[];
  const features = there.map(({ sort, line }) => ({ type: "Feature" as const, properties: { sort }, geometry: line }));
  layLines(map, { type: "FeatureCollection", features }, colour);
  let points = read(field.value);
  map.addSource("line", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  map.addLayer({ id: "line", type: "line", source: "line", paint: { "line-color": colour.warn, "line-width": 3 } });
  map.addLayer({
    id: "line-points",
    type: "circle",
    source: "line",
    paint: {
      "circle-radius": 5,
      "circle-color": colour.paper,
      "circle-stroke-color": colour.warn,
      "circle-stroke-width": 2,
    },
  });
  const tools = document.querySelector<HTMLElement>("[data-tools]");
  tools?.removeAttribute("hidden");
  const lay = () => {
    const geometry: GeoJSON.Geometry =
      points.length > 1 ? { type: "LineString", coordinates: points } : { type: "MultiPoint", coordinates: points };
    (map.getSource("line") as GeoJSONSource).setData({ type: "Feature", properties: {}, geometry });
    for (const one of tools?.querySelectorAll("button") ?? []) one.toggleAttribute("disabled", points.length === 0);
  };
  const change = (now: At[]) => {
    points = now;
    field.value = points.length ? JSON.stringify({ type: "LineString", coordinates: points }) : "";
    lay();
  };
  map.getCanvas().style.cursor = "crosshair";
  const add = ({ lng, lat }: LngLat) => change([...points, [Number(lng.toFixed(7)), Number(lat.toFixed(7))]]);
  const back = () => change(points.slice(0, -1));
  map.on("click", (event) => add(event.lngLat));
  byKey(map, { Enter: () => add(map.getCenter()), Backspace: back });
  tools?.querySelector("[data-tool=undo]")?.addEventListener("click", back);
  tools?.querySelector("[data-tool=clear]")?.addEventListener("click", () => change([]));
  field.addEventListener("change", () => {
    points = read(field.value);
    lay();
  });
  lay();
}
