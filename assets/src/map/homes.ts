/* Homes and sites: clusters with their number when far, points when near. A point is a door and nothing else; where
   somebody draws, each is a small point that leads nowhere and hides no line. */
import { type Map as Drawn, type GeoJSONSource, Marker, Popup } from "maplibre-gl";
import type { Colours } from "./look";

const NEAR = 16;

export function showHomes(
  map: Drawn,
  homes: GeoJSON.FeatureCollection<GeoJSON.Point>,
  colour: Colours,
  still: boolean,
): void {
  map.addSource("homes", { type: "geojson", data: homes, cluster: !still, clusterMaxZoom: NEAR, clusterRadius: 44 });
  const radius = still ? 3.5 : 6;
  const edge = still ? 1 : 2;
  map.addLayer({
    id: "clusters",
    type: "circle",
    source: "homes",
    filter: ["has", "point_count"],
    paint: {
      "circle-color": colour.accent,
      "circle-opacity": 0.9,
      "circle-radius": ["step", ["get", "point_count"], 13, 10, 16, 50, 20, 200, 26],
    },
  });
  map.addLayer({
    id: "homes",
    type: "circle",
    source: "homes",
    filter: ["all", ["!", ["has", "point_count"]], ["==", ["get", "what"], "home"]],
    paint: {
      "circle-radius": radius,
      "circle-color": ["case", ["get", "approximate"], colour.paper, colour.accent],
      "circle-stroke-color": ["case", ["get", "approximate"], colour.accent, colour.paper],
      "circle-stroke-width": edge,
    },
  });
  map.addLayer({
    id: "sites",
    type: "circle",
    source: "homes",
    filter: ["all", ["!", ["has", "point_count"]], ["==", ["get", "what"], "site"]],
    paint: {
      "circle-radius": radius,
      "circle-color": colour.info,
      "circle-stroke-color": colour.paper,
      "circle-stroke-width": edge,
    },
  });
  if (still) return;
  numberClusters(map);
  openPoints(map);
}

/* The numbers on clusters are elements, for the map has no font of its own. */
function numberClusters(map: Drawn): void {
  const shown = new Map<string, Marker>();
  const renew = () => {
    const now = new Set<string>();
    for (const one of map.queryRenderedFeatures({ layers: ["clusters"] })) {
      const { cluster_id: id, point_count_abbreviated: count } = one.properties;
      const key = `${id} ${count}`;
      if (now.has(key) || one.geometry.type !== "Point") continue;
      now.add(key);
      if (shown.has(key)) continue;
      const element = document.createElement("div");
      element.className = "map-count";
      element.textContent = String(count);
      const at = one.geometry.coordinates as [number, number];
      shown.set(key, new Marker({ element }).setLngLat(at).addTo(map));
    }
    for (const [key, marker] of shown) {
      if (now.has(key)) continue;
      marker.remove();
      shown.delete(key);
    }
  };
  map.on("idle", renew);
}

function openPoints(map: Drawn): void {
  map.on("click", "clusters", async (event) => {
    const found = event.features?.[0];
    if (found?.geometry.type !== "Point") return;
    const source = map.getSource("homes") as GeoJSONSource;
    const zoom = await source.getClusterExpansionZoom(Number(found.properties.cluster_id));
    map.easeTo({ center: found.geometry.coordinates as [number, number], zoom: Math.max(zoom, map.getZoom() + 1) });
  });
  for (const layer of ["homes", "sites"]) {
    map.on("click", layer, (event) => {
      const here = event.features ?? [];
      const list = document.createElement("ul");
      list.className = "map-doors";
      for (const { properties } of here.slice(0, 12)) {
        const link = document.createElement("a");
        link.href = String(properties.url);
        link.textContent = String(properties.name);
        const item = document.createElement("li");
        item.append(link);
        list.append(item);
      }
      new Popup({ closeButton: false }).setLngLat(event.lngLat).setDOMContent(list).addTo(map);
    });
    map.on("mouseenter", layer, () => map.getCanvas().style.setProperty("cursor", "pointer"));
  }
}
