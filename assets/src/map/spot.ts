/* Touching the map puts a point into a form's two fields, that of a home where one is touched; typing there moves the
   point on the map, and Enter takes the map's middle. */
import { type Map as Drawn, Marker } from "maplibre-gl";
import { byKey } from "./keyed";
import type { Colours } from "./look";

export function spot(map: Drawn, box: HTMLElement, colour: Colours): void {
  const [lon, lat] = (box.dataset.spot ?? "")
    .split(" ")
    .map((id) => document.querySelector<HTMLInputElement>(`#${id}`));
  if (!lon || !lat) return;
  const mark = new Marker({ color: colour.warn });
  const lay = () => {
    const [x, y] = [Number.parseFloat(lon.value), Number.parseFloat(lat.value)];
    if (Math.abs(x) <= 180 && Math.abs(y) <= 90) mark.setLngLat([x, y]).addTo(map);
    else mark.remove();
  };
  map.getCanvas().style.cursor = "crosshair";
  const put = (x: number, y: number) => {
    lon.value = x.toFixed(6);
    lat.value = y.toFixed(6);
    lay();
  };
  map.on("click", ({ point, lngLat }) => {
    const homes = map.getLayer("homes") ? map.queryRenderedFeatures(point, { layers: ["homes"] }) : [];
    const at = homes[0]?.geometry.type === "Point" ? homes[0].geometry.coordinates : lngLat.toArray();
    put(at[0] ?? lngLat.lng, at[1] ?? lngLat.lat);
  });
  byKey(map, { Enter: () => put(map.getCenter().lng, map.getCenter().lat) });
  for (const field of [lon, lat]) field.addEventListener("change", lay);
  lay();
}
