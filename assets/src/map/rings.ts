/* A boundary being drawn, as rings of corners: plain values, so that every step can be taken back. */

export type At = [number, number];
export type Rings = At[][][]; // parts, each an outer ring and its holes; rings are not closed here
export interface Corner {
  part: number;
  ring: number;
  corner: number;
}

export function read(text: string): Rings {
  try {
    const found = JSON.parse(text) as GeoJSON.Geometry | GeoJSON.Feature;
    const geometry = found.type === "Feature" ? found.geometry : found;
    const parts =
      geometry.type === "Polygon"
        ? [geometry.coordinates]
        : geometry.type === "MultiPolygon"
          ? geometry.coordinates
          : [];
    return parts.map((part) => part.map((ring) => open(ring as At[])));
  } catch {
    return [];
  }
}

function open(ring: At[]): At[] {
  const [first, last] = [ring[0], ring[ring.length - 1]];
  const closed = first && last && ring.length > 1 && first[0] === last[0] && first[1] === last[1];
  return (closed ? ring.slice(0, -1) : ring).map(([lon, lat]) => [lon, lat]);
}

export function geometry(rings: Rings): GeoJSON.Polygon | GeoJSON.MultiPolygon {
  const parts = rings.map((part) => part.map((ring) => (ring[0] ? [...ring, ring[0]] : ring)));
  return parts.length === 1 && parts[0]
    ? { type: "Polygon", coordinates: parts[0] }
    : { type: "MultiPolygon", coordinates: parts };
}

export function written(rings: Rings): string {
  const fine = rings.map((part) => part.map((ring) => ring.map(([lon, lat]) => [round(lon), round(lat)] as At)));
  return rings.length ? JSON.stringify(geometry(fine)) : "";
}

const round = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;

function changed(rings: Rings, at: Corner, change: (ring: At[]) => At[]): Rings {
  return rings.map((part, p) => part.map((ring, r) => (p === at.part && r === at.ring ? change([...ring]) : ring)));
}

export function moved(rings: Rings, at: Corner, to: At): Rings {
  return changed(rings, at, (ring) => ring.map((old, n) => (n === at.corner ? to : old)));
}

export function inserted(rings: Rings, at: Corner, to: At): Rings {
  return changed(rings, at, (ring) => [...ring.slice(0, at.corner + 1), to, ...ring.slice(at.corner + 1)]);
}

/* A ring of three loses itself with a corner; a part loses itself with its outer ring. */
export function removed(rings: Rings, at: Corner): Rings {
  return changed(rings, at, (ring) => ring.filter((_, n) => n !== at.corner))
    .map((part) => ((part[0]?.length ?? 0) < 3 ? [] : part.filter((ring) => ring.length >= 3)))
    .filter((part) => part.length > 0);
}

/* Corners, and between each two of them a middle from which a new one can be pulled. */
export function handles(rings: Rings, chosen: Corner | null): GeoJSON.Feature<GeoJSON.Point>[] {
  return rings.flatMap((part, p) =>
    part.flatMap((ring, r) =>
      ring.flatMap((at, n) => {
        const next = ring[(n + 1) % ring.length] ?? at;
        const middle: At = [(at[0] + next[0]) / 2, (at[1] + next[1]) / 2];
        const named = { part: p, ring: r, corner: n };
        const own = chosen?.part === p && chosen.ring === r && chosen.corner === n;
        return [point(at, { ...named, sort: own ? "chosen" : "corner" }), point(middle, { ...named, sort: "middle" })];
      }),
    ),
  );
}

function point(coordinates: At, properties: GeoJSON.GeoJsonProperties): GeoJSON.Feature<GeoJSON.Point> {
  return { type: "Feature", properties, geometry: { type: "Point", coordinates } };
}
