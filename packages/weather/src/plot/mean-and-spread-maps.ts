import type { Grid } from "../grid/grid.js";
import { requireMembers } from "../verification/case.js";
import { ensembleMean } from "../verification/statistic.js";
import { requireExtent, requireField } from "./checks.js";
import { colourScale } from "./colours.js";
import { mapFrame } from "./map-frame.js";
import { contourLines, fieldMap, mapBase } from "./map-layers.js";
import { mapPanel } from "./map-panel.js";
import { page, type Titles } from "./page.js";

/** An ensemble at one time, whose mean and spread to draw. */
export interface EnsemblePicture extends Titles {
  readonly grid: Grid;
  /** [member], each [latitude][longitude], rows from south to north; a cell that is NaN in a member is masked. */
  readonly members: readonly Float32Array[];
  /** What the colours measure, with units: "geopotential (m²/s²)". */
  readonly label: string;
}

const WHERE = "weather/meanAndSpreadMaps";

/** Width of each of the two maps. */
const WIDTH = 560;

/**
 * Two maps side by side as SVG: the ensemble mean in filled contours, and the spread (standard deviation, divisor M - 1) as shading
 * under the contours of the mean, which are the levels of the first map.
 *
 * @throws NextscaleError `invalid-argument` for fewer than 2 members, `shape` for one that is not of the grid, `invalid-data` for
 *   an infinite value or when every cell is masked
 */
export function meanAndSpreadMaps({ grid, members, label, ...titles }: EnsemblePicture): string {
  requireMembers(WHERE, members, 2);
  members.forEach((member, m) => requireField(WHERE, `member ${m}`, member, grid));
  const mean = ensembleMean(members);
  const spread = standardDeviation(members, mean);
  const ofMean = colourScale("sequential", requireExtent(WHERE, [mean]));
  const ofSpread = colourScale("spread", [0, requireExtent(WHERE, [spread])[1]]);
  const base = mapBase(mapFrame(grid, WIDTH));
  const contours = contourLines(base, grid, mean, ofMean.levels);
  return page(
    titles,
    [
      mapPanel(base, fieldMap(base, grid, mean, ofMean), ofMean, label, "Ensemble mean"),
      mapPanel(
        base,
        fieldMap(base, grid, spread, ofSpread, contours),
        ofSpread,
        `spread of ${label}`,
        "Spread, and contours of the mean",
      ),
    ],
    base.definitions,
  );
}

function standardDeviation(members: readonly Float32Array[], mean: Float64Array): Float64Array {
  return mean.map((value, cell) => {
    const squares = members.reduce((sum, member) => sum + (member[cell]! - value) ** 2, 0);
    return Math.sqrt(squares / (members.length - 1));
  });
}
