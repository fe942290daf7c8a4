/* What keys do while a map is focused; the arrows move it, and a cross marks its middle. */
import type { Map as Drawn } from "maplibre-gl";

export function byKey(map: Drawn, does: Record<string, () => void>): void {
  map.getCanvas().addEventListener("keydown", (event) => {
    const doing = does[event.key];
    if (!doing) return;
    event.preventDefault();
    doing();
  });
}
