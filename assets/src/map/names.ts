/* Names on a map: elements of the page, so that they use its fonts. A name stands at its own point; where that is out of
   sight or taken, elsewhere in what is seen of its shape, best where it hides no home. What finds no room gives way. */
import { type Map as Drawn, Marker } from "maplibre-gl";
import type { At } from "./rings";

export type Area = GeoJSON.Polygon | GeoJSON.MultiPolygon;
export interface Name {
  text: string;
  number: string;
  weight: number;
  at: At;
  shape: Area;
  url: string;
  code?: string;
}

const SPOTS = 14; // tried in each direction

/* Tried for each name: more weight is placed first. */
export function layNames(map: Drawn, names: Name[], homes: At[]): void {
  const placed = [...names]
    .sort((one, other) => other.weight - one.weight)
    .map((name) => ({ name, marker: new Marker({ element: drawn(name) }).setLngLat(name.at).addTo(map) }));
  const settle = () => {
    const taken: DOMRect[] = [];
    const doors = homes.map((at) => map.project(at));
    const frame = map.getContainer().getBoundingClientRect();
    for (const { name, marker } of placed) {
      const element = marker.getElement();
      element.hidden = false;
      const { width, height } = element.getBoundingClientRect();
      const around = (at: At): DOMRect => {
        const { x, y } = map.project(at);
        return new DOMRect(x - width / 2, y - height / 2, width, height);
      };
      const seen = ({ left, right, top, bottom }: DOMRect) =>
        left >= 0 && top >= 0 && right <= frame.width && bottom <= frame.height;
      const free = spots(name, map)
        .map((at) => ({ at, own: around(at) }))
        .filter(({ own }) => seen(own) && !taken.some((one) => meet(own, one)));
      const best = free.find(({ own }) => !doors.some(({ x, y }) => holds(own, x, y))) ?? free[0];
      element.hidden = best === undefined;
      if (!best) continue;
      marker.setLngLat(best.at);
      taken.push(best.own);
    }
  };
  map.on("moveend", settle);
  map.on("resize", settle);
  settle();
}

function drawn({ text, number, url, code }: Name): HTMLElement {
  const element = document.createElement("a");
  element.className = "map-name";
  element.href = url;
  if (code) element.dataset.code = code;
  element.tabIndex = -1; // the table beside it leads to the same page
  element.textContent = text;
  if (number) {
    const counted = document.createElement("b");
    counted.textContent = number;
    element.append(counted);
  }
  return element;
}

const meet = (one: DOMRect, other: DOMRect): boolean =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
const holds = ({ left, right, top, bottom }: DOMRect, x: number, y: number): boolean =>
  left < x && x < right && top < y && y < bottom;

/* Where a name may stand: its own point, then places within what is seen of its shape, those in the middle first. */
function spots({ at, shape }: Name, map: Drawn): At[] {
  const parts = shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates;
  const corners = parts.flatMap((part) => part[0] ?? []) as At[];
  const view = map.getBounds();
  const span = (n: 0 | 1, low: number, high: number): number[] => {
    const all = corners.map((one) => one[n]);
    const [from, to] = [Math.max(low, Math.min(...all)), Math.min(high, Math.max(...all))];
    return [...Array(SPOTS).keys()].map((step) => from + ((to - from) * (step + 0.5)) / SPOTS);
  };
  const lats = span(1, view.getSouth(), view.getNorth());
  const within = span(0, view.getWest(), view.getEast())
    .flatMap((lon) => lats.map((lat): At => [lon, lat]))
    .filter(
      (one) => view.contains(one) && parts.some((part) => part.filter((ring) => crosses(ring as At[], one)).length % 2),
    );
  const middle = [0, 1].map((n) => within.reduce((sum, one) => sum + (one[n] ?? 0), 0) / within.length) as At;
  const far = ([lon, lat]: At) => (lon - middle[0]) ** 2 + (lat - middle[1]) ** 2;
  within.sort((one, other) => far(one) - far(other));
  return view.contains(at) ? [at, ...within] : within;
}

/* Whether a ring goes around a place: a line from it to the east crosses it an odd number of times. */
function crosses(ring: At[], [lon, lat]: At): boolean {
  let inside = false;
  ring.forEach(([x, y], n) => {
    const [before, above] = ring[(n || ring.length) - 1] ?? [x, y];
    if (y > lat !== above > lat && lon < ((before - x) * (lat - y)) / (above - y) + x) inside = !inside;
  });
  return inside;
}
