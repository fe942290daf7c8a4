/* Touching the map puts a point into a form's two fields; typing there moves the point on the map. */
import { type Map as Drawn, Marker } from "maplibre-gl";
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
  map.on("click", ({ lngLat }) => {
    lon.value = lngLat.lng.toFixed(6);
    lat.value = lngLat.lat.toFixed(6);
    lay();
  });
  for (const field of [lon, lat]) field.addEventListener("change", lay);
  lay();
}
