import type { Grid } from "../grid/grid.js";
import { requireExtent, requireField } from "./checks.js";
import { colourScale } from "./colours.js";
import { mapFrame } from "./map-frame.js";
import { fieldMap, mapBase } from "./map-layers.js";
import { mapPanel } from "./map-panel.js";
import { page, type Titles } from "./page.js";

/** A field to draw. */
export interface FieldPicture extends Titles {
  readonly grid: Grid;
  /** [latitude][longitude], rows from south to north; NaN is masked and drawn grey. */
  readonly field: Float32Array;
  /** What the colours measure, with units: "geopotential (m²/s²)". */
  readonly label: string;
  /** `diverging` about 0 for an anomaly or an error; `sequential` unless told. */
  readonly colours?: "sequential" | "diverging";
}

const WHERE = "weather/mapOfField";

const WIDTH = 760;

/**
 * A map of a field in filled contours at round levels, with coastlines and a graticule, as SVG. The globe is in the Equal Earth
 * projection; a region in a conformal one that suits its latitude.
 *
 * @throws NextscaleError `shape` for a field that is not of the grid, `invalid-data` for an infinite value or when every cell is
 *   masked
 */
export function mapOfField({ grid, field, label, colours = "sequential", ...titles }: FieldPicture): string {
  requireField(WHERE, "a field", field, grid);
  const scale = colourScale(colours, requireExtent(WHERE, [field]));
  const base = mapBase(mapFrame(grid, WIDTH));
  return page(titles, [mapPanel(base, fieldMap(base, grid, field, scale), scale, label)], base.definitions);
}
