/* Drawing a boundary: pull a corner, pull a middle to add one, take one away, begin a new part, take a step back.
   What is drawn stands in the form's field at every moment; the form sends it and the server decides. */
import { type Map as Drawn, type GeoJSONSource, type MapMouseEvent, type MapTouchEvent, Point } from "maplibre-gl";
import type { Colours } from "./look";
import { type At, type Corner, geometry, handles, inserted, moved, type Rings, read, removed, written } from "./rings";

const REACH = 14; // pixels within which a press means a corner
const STEP = 6; // pixels that an arrow key moves a corner

class Drawing {
  private rings: Rings;
  private past: Rings[] = [];
  private chosen: Corner | null = null;
  private begun: At[] | null = null;
  private pulling = false;

  constructor(
    private readonly map: Drawn,
    private readonly field: HTMLTextAreaElement,
    private readonly buttons: Map<string, HTMLButtonElement>,
    colour: Colours,
  ) {
    this.rings = read(field.value);
    const none: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
    map.addSource("drawn", { type: "geojson", data: none });
    map.addSource("handles", { type: "geojson", data: none });
    map.addLayer({
      id: "drawn",
      type: "fill",
      source: "drawn",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": colour.accent, "fill-opacity": 0.22 },
    });
    map.addLayer({
      id: "drawn-line",
      type: "line",
      source: "drawn",
      paint: { "line-color": colour.accent, "line-width": 2.5 },
    });
    map.addLayer({
      id: "handles",
      type: "circle",
      source: "handles",
      paint: {
        "circle-radius": ["match", ["get", "sort"], "middle", 4, 7],
        "circle-color": ["match", ["get", "sort"], "chosen", colour.warn, "corner", colour.paper, colour.accent],
        "circle-opacity": ["match", ["get", "sort"], "middle", 0.6, 1],
        "circle-stroke-color": colour.accent,
        "circle-stroke-width": ["match", ["get", "sort"], "middle", 0, 2],
      },
    });
    this.listen();
    this.show();
  }

  private listen(): void {
    this.map.on("mousedown", (event) => this.press(event));
    this.map.on("touchstart", (event) => event.points.length === 1 && this.press(event));
    this.map.on("mousemove", (event) => this.pull(event));
    this.map.on("touchmove", (event) => this.pull(event));
    this.map.on("mouseup", () => this.release());
    this.map.on("touchend", () => this.release());
    this.map.on("click", (event) => this.click(event));
    this.map.getCanvas().addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("change", () => this.change(read(this.field.value)));
    const press = (name: string, does: () => void) => this.buttons.get(name)?.addEventListener("click", does);
    press("new", () => this.begin());
    press("undo", () => this.back());
    press("remove", () => this.drop());
  }

  private at(event: MapMouseEvent | MapTouchEvent): At {
    return [event.lngLat.lng, event.lngLat.lat];
  }

  private press(event: MapMouseEvent | MapTouchEvent): void {
    if (this.begun) return;
    const { x, y } = event.point;
    const near = this.map.queryRenderedFeatures([new Point(x - REACH, y - REACH), new Point(x + REACH, y + REACH)], {
      layers: ["handles"],
    });
    const found = near.find((one) => one.properties.sort !== "middle") ?? near[0];
    if (!found) return;
    event.preventDefault();
    const { part, ring, corner, sort } = found.properties as Corner & { sort: string };
    this.past.push(this.rings);
    this.chosen = { part, ring, corner };
    if (sort === "middle") {
      this.rings = inserted(this.rings, this.chosen, this.at(event));
      this.chosen = { part, ring, corner: corner + 1 };
    }
    this.pulling = true;
    this.map.dragPan.disable();
    this.show();
  }

  private pull(event: MapMouseEvent | MapTouchEvent): void {
    if (!this.pulling || !this.chosen) return;
    event.preventDefault();
    this.rings = moved(this.rings, this.chosen, this.at(event));
    this.show();
  }

  private release(): void {
    if (!this.pulling) return;
    this.pulling = false;
    this.map.dragPan.enable();
    if (this.past[this.past.length - 1] === this.rings) this.past.pop();
    this.show();
  }

  private click(event: MapMouseEvent): void {
    if (!this.begun) return;
    const first = this.begun[0];
    const closes = first && this.begun.length > 2 && this.map.project(first).dist(event.point) < REACH;
    if (closes) this.finish();
    else {
      this.begun.push(this.at(event));
      this.show();
    }
  }

  private begin(): void {
    this.chosen = null;
    if (this.begun && this.begun.length > 2) this.finish();
    else {
      this.begun = this.begun ? null : [];
      this.show();
    }
  }

  private finish(): void {
    const ring = this.begun;
    this.begun = null;
    if (ring && ring.length > 2) this.change([...this.rings, [ring]]);
  }

  private drop(): void {
    if (!this.chosen) return;
    const without = removed(this.rings, this.chosen);
    this.chosen = null;
    this.change(without);
  }

  private back(): void {
    if (this.begun?.length) this.begun.pop();
    else {
      this.begun = null;
      this.rings = this.past.pop() ?? this.rings;
      this.chosen = null;
    }
    this.show();
  }

  private key(event: KeyboardEvent): void {
    const way: Record<string, [number, number]> = {
      ArrowLeft: [-STEP, 0],
      ArrowRight: [STEP, 0],
      ArrowUp: [0, -STEP],
      ArrowDown: [0, STEP],
    };
    const step = way[event.key];
    if (event.key === "Escape") this.begun = null;
    else if (event.key === "Delete" || event.key === "Backspace") this.drop();
    else if (event.key === "Enter" && this.begun) this.finish();
    else if (event.key === " " && this.begun) this.begun.push(this.map.getCenter().toArray());
    else if (step && this.chosen) {
      const { part, ring, corner } = this.chosen;
      const from = this.rings[part]?.[ring]?.[corner];
      if (!from) return;
      const to = this.map.unproject(this.map.project(from).add(new Point(...step)));
      this.change(moved(this.rings, this.chosen, [to.lng, to.lat]));
    } else return;
    event.preventDefault();
    event.stopPropagation();
    this.show();
  }

  private change(rings: Rings): void {
    this.past.push(this.rings);
    this.rings = rings;
    this.show();
  }

  private show(): void {
    const shapes: GeoJSON.Feature[] = this.rings.length
      ? [{ type: "Feature", properties: {}, geometry: geometry(this.rings) }]
      : [];
    const dots = handles(this.rings, this.chosen);
    if (this.begun?.length) {
      shapes.push({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: this.begun } });
      dots.push(
        ...this.begun.map((at) => ({
          type: "Feature" as const,
          properties: { sort: "corner" },
          geometry: { type: "Point" as const, coordinates: at },
        })),
      );
    }
    (this.map.getSource("drawn") as GeoJSONSource).setData({ type: "FeatureCollection", features: shapes });
    (this.map.getSource("handles") as GeoJSONSource).setData({ type: "FeatureCollection", features: dots });
    this.field.value = written(this.rings);
    this.buttons.get("new")?.setAttribute("aria-pressed", String(this.begun !== null));
    const set = (name: string, off: boolean) => this.buttons.get(name)?.toggleAttribute("disabled", off);
    set("undo", this.past.length === 0 && !this.begun?.length);
    set("remove", this.chosen === null);
  }
}

export function draw(map: Drawn, box: HTMLElement, colour: Colours): void {
  const field = document.querySelector<HTMLTextAreaElement>(`#${box.dataset.draws}`);
  if (!field) return;
  const tools = document.querySelector<HTMLElement>("[data-tools]");
  tools?.removeAttribute("hidden");
  const buttons = new Map<string, HTMLButtonElement>();
  for (const one of tools?.querySelectorAll<HTMLButtonElement>("button[data-tool]") ?? [])
    buttons.set(one.dataset.tool ?? "", one);
  new Drawing(map, field, buttons, colour);
}
