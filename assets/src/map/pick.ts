/* Areas chosen by touching them: each stands for a tick of the form beside the map, which says what is sent. */
import type { Map as Drawn, ExpressionSpecification } from "maplibre-gl";
import type { Colours } from "./look";

export function pick(map: Drawn, box: HTMLElement, colour: Colours): void {
  if (!map.getSource("shapes")) return;
  const named = (code: string) => `input[name="${box.dataset.picks}"][value="${CSS.escape(code)}"]`;
  const chosen = (): ExpressionSpecification => {
    const ticks = document.querySelectorAll<HTMLInputElement>(`input[name="${box.dataset.picks}"]:checked`);
    return ["in", ["get", "code"], ["literal", [...ticks].map((one) => one.value)]];
  };
  map.addLayer({
    id: "picked",
    type: "line",
    source: "shapes",
    filter: chosen(),
    paint: { "line-color": colour.ink, "line-width": 4, "line-offset": 2 },
  });
  map.addLayer({
    id: "picked-area",
    type: "fill",
    source: "shapes",
    filter: chosen(),
    paint: { "fill-color": colour.accent, "fill-opacity": 0.45 },
  });
  const settle = () => {
    map.setFilter("picked", chosen());
    map.setFilter("picked-area", chosen());
  };
  const toggle = (code: string) => {
    const tick = document.querySelector<HTMLInputElement>(named(code));
    if (!tick) return;
    tick.checked = !tick.checked;
    tick.dispatchEvent(new Event("change", { bubbles: true }));
  };
  map.on("click", "areas", (event) => toggle(String(event.features?.[0]?.properties.code ?? "")));
  map.on("mouseenter", "areas", () => map.getCanvas().style.setProperty("cursor", "pointer"));
  map.on("mouseleave", "areas", () => map.getCanvas().style.removeProperty("cursor"));
  for (const element of box.querySelectorAll<HTMLElement>(".map-name[data-code]")) {
    element.addEventListener("click", (event) => event.preventDefault()); // the map hears the same press
  }
  document.addEventListener("change", settle);
}
