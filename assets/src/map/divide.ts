/* A proposal of grids: cells, homes, barriers. Homes are chosen by a press and put into the grid that is pressed next, or
   dragged across; the form beside the map sends them and the server decides. */
import type { Map as Drawn, MapMouseEvent } from "maplibre-gl";
import { layLines } from "./line";
import type { Colours } from "./look";
import { layNames, type Name } from "./names";
import type { At } from "./rings";
import { type Box, begun, fetched } from "./show";

interface Cell {
  number: number;
  name: string;
  homes: number;
  tone: number;
  lon: number;
  lat: number;
  url: string;
}
interface Data {
  cells: GeoJSON.FeatureCollection<GeoJSON.Polygon | GeoJSON.MultiPolygon, Cell>;
  homes: GeoJSON.FeatureCollection<GeoJSON.Point, { id: string; number: number }>;
  lines: GeoJSON.FeatureCollection;
  beside: GeoJSON.FeatureCollection;
  box: Box | null;
}

const TONES = 8;

export async function divide(box: HTMLElement, colour: Colours): Promise<void> {
  const data = await fetched<Data>(box.dataset.divides);
  if (!data) return;
  const map = await begun(box, data.box, colour);
  lay(map, data, colour);
  layNames(
    map,
    named(data.cells),
    data.homes.features.map((one) => one.geometry.coordinates as At),
  );
  const form = box.dataset.paint ? document.getElementById(box.dataset.paint) : null;
  const tones = new Map(data.cells.features.map(({ properties }) => [String(properties.number), properties.tone]));
  if (form) new Choosing(map, form, tones).listen();
  else map.on("click", "cells", (event) => open(event.features?.[0]?.properties.url));
}

function open(url: unknown): void {
  if (typeof url === "string") location.assign(url);
}

function lay(map: Drawn, data: Data, colour: Colours): void {
  const style = getComputedStyle(document.documentElement);
  const tones = [...Array(TONES).keys()].map((n) => style.getPropertyValue(`--tone-${n}`).trim());
  const rest = tones[0] ?? colour.accent;
  // biome-ignore lint/suspicious/noExplicitAny: the library types an expression as a tuple of unknown length
  const of = (tone: unknown): any => ["match", tone, ...tones.flatMap((each, n) => [n, each]), rest];
  const [toned, goesTo] = [of(["get", "tone"]), ["coalesce", ["feature-state", "tone"], -1]];
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const shown: any = ["case", ["boolean", ["feature-state", "aimed"], false], 0.55, 0.24];
  map.addSource("cells", { type: "geojson", data: data.cells, promoteId: "number" });
  map.addSource("homes", { type: "geojson", data: data.homes, promoteId: "id" });
  map.addLayer({ id: "cells", type: "fill", source: "cells", paint: { "fill-color": toned, "fill-opacity": shown } });
  map.addLayer({ id: "edges", type: "line", source: "cells", paint: { "line-color": colour.line, "line-width": 1.2 } });
  map.addSource("beside", { type: "geojson", data: data.beside });
  map.addLayer({
    id: "beside",
    type: "line",
    source: "beside",
    paint: { "line-color": colour.ink, "line-width": 1.6, "line-dasharray": [1, 2] },
  });
  outlines(map);
  layLines(map, data.lines, colour);
  const chosen = ["boolean", ["feature-state", "chosen"], false];
  map.addLayer({
    id: "homes",
    type: "circle",
    source: "homes",
    paint: {
      // biome-ignore lint/suspicious/noExplicitAny: as above
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, 3, 17, 7] as any,
      // biome-ignore lint/suspicious/noExplicitAny: as above
      "circle-color": ["case", [">=", goesTo, 0], of(goesTo), ["get", "moves"], colour.paper, toned] as any,
      // biome-ignore lint/suspicious/noExplicitAny: as above
      "circle-stroke-color": ["case", chosen, colour.ink, toned] as any,
      // biome-ignore lint/suspicious/noExplicitAny: as above
      "circle-stroke-width": ["case", chosen, 4, 2] as any,
    },
  });
}

/* What the proposal is read beside, shown or not. */
function outlines(map: Drawn): void {
  const label = document.querySelector<HTMLElement>("[data-outlines]");
  const box = label?.querySelector("input");
  if (!label || !box) return;
  label.hidden = false;
  const show = (): void => {
    map.setLayoutProperty("beside", "visibility", box.checked ? "visible" : "none");
  };
  box.addEventListener("change", show);
  show();
}

function named(cells: Data["cells"]): Name[] {
  return cells.features.map(({ properties: { name, homes, lon, lat, url }, geometry }) => ({
    text: name,
    number: String(homes),
    weight: homes,
    at: [lon, lat],
    shape: geometry,
    url,
  }));
}

class Choosing {
  private readonly chosen = new Set<string>();
  private pulled: string | null = null;
  private aimed: number | null = null;
  private sent = false;
  private readonly grids: HTMLSelectElement | null;

  constructor(
    private readonly map: Drawn,
    private readonly form: HTMLElement,
    private readonly tones: ReadonlyMap<string, number>,
  ) {
    this.grids = form.querySelector<HTMLSelectElement>("select[name=grid]");
  }

  listen(): void {
    for (const one of this.form.querySelectorAll("[data-paint-how]")) one.removeAttribute("hidden");
    this.map.on("mousedown", "homes", (event) => this.press(event));
    this.map.on("mousemove", (event) => this.pulled && this.aim(this.grid(event)));
    this.map.on("mouseup", (event) => this.release(event));
    this.map.on("click", (event) => this.click(event));
    for (const layer of ["homes", "cells"])
      this.map.on("mouseenter", layer, () => this.map.getCanvas().style.setProperty("cursor", "pointer"));
    this.grids?.addEventListener("change", () => this.tell());
    this.form.addEventListener("submit", () => {
      this.sent = true;
    });
    addEventListener("beforeunload", (event) => {
      if (this.chosen.size && !this.sent) event.preventDefault(); // what was dragged is not put yet
    });
    this.tell();
  }

  private home(event: MapMouseEvent): string | null {
    const found = this.map.queryRenderedFeatures(event.point, { layers: ["homes"] })[0];
    return found ? String(found.properties.id) : null;
  }

  private grid(event: MapMouseEvent): number | null {
    const found = this.map.queryRenderedFeatures(event.point, { layers: ["cells"] })[0];
    return found ? Number(found.properties.number) : null;
  }

  private press(event: MapMouseEvent): void {
    this.pulled = this.home(event);
    if (this.pulled) event.preventDefault();
  }

  /* The grid into which a home that is being dragged would go stands out. */
  private aim(grid: number | null): void {
    const light = (id: number | null, aimed: boolean) =>
      id !== null && this.map.setFeatureState({ source: "cells", id }, { aimed });
    light(this.aimed, false);
    light(grid, true);
    this.aimed = grid;
    this.map.getCanvas().style.cursor = grid === null ? "" : "grabbing";
  }

  /* A home let go somewhere else than on itself was dragged across. */
  private release(event: MapMouseEvent): void {
    const pulled = this.pulled;
    this.pulled = null;
    this.aim(null);
    if (!pulled || this.home(event) === pulled) return;
    const grid = this.grid(event);
    if (grid === null) return;
    this.mark(pulled, true);
    this.into(grid);
  }

  private click(event: MapMouseEvent): void {
    const home = this.home(event);
    if (home) this.mark(home, !this.chosen.has(home));
    else if (this.chosen.size) {
      const grid = this.grid(event);
      if (grid !== null) this.into(grid);
    }
  }

  private mark(home: string, on: boolean): void {
    if (on) this.chosen.add(home);
    else this.chosen.delete(home);
    this.map.setFeatureState({ source: "homes", id: home }, { chosen: on, tone: -1 });
    this.tell();
  }

  private into(grid: number): void {
    if (this.grids) this.grids.value = String(grid);
    this.tell();
  }

  /* What is chosen bears the tone of the grid it goes to; what stands under the map says so, and that it is to be put yet. */
  private tell(): void {
    const grid = this.grids?.value ?? "";
    const tone = this.tones.get(grid) ?? -1;
    for (const id of this.chosen) this.map.setFeatureState({ source: "homes", id }, { tone });
    const row = document.querySelector<HTMLElement>("[data-paint-chosen]");
    if (row) {
      const aimed = this.chosen.size > 0 && grid !== "";
      const said = (row.dataset.text ?? "").replace("{n}", String(this.chosen.size));
      const text = aimed ? `${said} → ${this.grids?.selectedOptions[0]?.text}. ${row.dataset.next}` : said;
      row.querySelector("[aria-live]")?.replaceChildren(text);
      row.querySelector("button")?.toggleAttribute("hidden", !aimed);
      row.toggleAttribute("hidden", this.chosen.size === 0);
    }
    const fields = [...this.chosen].map((id) => {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = "homes";
      field.value = id;
      return field;
    });
    this.form.querySelector("[data-paint-homes]")?.replaceChildren(...fields);
  }
}
