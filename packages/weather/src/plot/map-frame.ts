import {
  geoConicConformal,
  geoEqualEarth,
  geoGraticule,
  geoMercator,
  geoPath,
  geoStereographic,
  type GeoPermissibleObjects,
  type GeoProjection,
} from "d3-geo";
import type { Grid } from "../grid/grid.js";

/** Degrees. */
export interface MapBounds {
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

/** Where a grid lies in a picture: a projection that fills a width, and what of the globe it shows. */
export interface MapFrame {
  readonly width: number;
  readonly height: number;
  readonly bounds: MapBounds;
  readonly projection: GeoProjection;
  /** The whole sphere, or the outline of a region. */
  readonly outline: GeoPermissibleObjects;
  /** Whether most of the globe is shown, or a part of which one wants to see more. */
  readonly scale: "globe" | "region";
  /** Degrees between the lines of the graticule. */
  readonly graticule: number;
}

/** Degrees beyond which a conformal projection of a region would blow up its edges. */
const WIDEST_REGION = { longitude: 180, latitude: 120 } as const;

/** Height of a map as a share of the width it is given; a taller one becomes narrower. */
const TALLEST = 0.9;

/** Pixels around the frame in which lines still go on, so that its own outline is whole. */
const EDGE = 4;

/** Nearer to the equator than the first is a Mercator map, nearer to the pole than the second a polar one. */
const MIDDLE_LATITUDES = [20, 65] as const;

/**
 * The globe in the Equal Earth projection (Savric, Patterson, Jenny 2019), which looks like Robinson's and shows areas as the
 * scores weight them. A region in a conformal one, as the WMO recommends: Mercator in the tropics, Lambert's conic in middle
 * latitudes, stereographic about the pole.
 */
export function mapFrame(grid: Grid, width: number): MapFrame {
  const bounds = boundsOf(grid);
  const projection = projectionOf(bounds);
  const outline = outlineOf(bounds);
  projection.fitWidth(width, outline);
  const [[left, top], [right, bottom]] = geoPath(projection).bounds(outline);
  const shrink = Math.min(1, (TALLEST * width) / (bottom - top));
  projection.scale(projection.scale() * shrink);
  const [[newLeft, newTop]] = geoPath(projection).bounds(outline);
  const [x, y] = projection.translate();
  projection.translate([x - newLeft, y - newTop]);
  const size = { width: (right - left) * shrink, height: (bottom - top) * shrink };
  // Coasts of the rest of the world need not be in the picture.
  projection.clipExtent([
    [-EDGE, -EDGE],
    [size.width + EDGE, size.height + EDGE],
  ]);
  return {
    ...size,
    bounds,
    projection,
    outline,
    scale: scaleOf(bounds),
    graticule: graticuleStep(bounds),
  };
}

/** From the first to the last row and column of a region: beyond them nothing is known. The globe has Greenwich in the middle. */
function boundsOf({ kind, latitudes, longitudes, periodic }: Grid): MapBounds {
  if (kind !== "regional") return { west: -180, east: 180, south: -90, north: 90 };
  const [south, north] = [latitudes[0]!, latitudes.at(-1)!];
  if (periodic) return { west: -180, east: 180, south, north };
  return { west: longitudes[0]!, east: longitudes.at(-1)!, south, north };
}

function isGlobe({ west, east, south, north }: MapBounds): boolean {
  return east - west === 360 && south === -90 && north === 90;
}

function scaleOf({ west, east, south, north }: MapBounds): "globe" | "region" {
  return east - west > WIDEST_REGION.longitude || north - south > WIDEST_REGION.latitude ? "globe" : "region";
}

function projectionOf(bounds: MapBounds): GeoProjection {
  const { west, east, south, north } = bounds;
  const centre = (west + east) / 2;
  const middle = (south + north) / 2;
  if (scaleOf(bounds) === "globe") return geoEqualEarth().rotate([-centre, 0]);
  if (Math.abs(middle) < MIDDLE_LATITUDES[0]) return geoMercator().rotate([-centre, 0]);
  if (Math.abs(middle) > MIDDLE_LATITUDES[1]) return geoStereographic().rotate([-centre, -90 * Math.sign(middle)]);
  // Standard parallels a sixth of the height from the edges keep the scale nearly even (Kavrayskiy's rule).
  const sixth = (north - south) / 6;
  return geoConicConformal()
    .parallels([south + sixth, north - sixth])
    .rotate([-centre, 0]);
}

function outlineOf(bounds: MapBounds): GeoPermissibleObjects {
  if (isGlobe(bounds)) return { type: "Sphere" };
  // A polygon must not meet itself at the seam.
  const seam = bounds.east - bounds.west === 360 ? 1e-6 : 0;
  return geoGraticule()
    .extent([
      [bounds.west + seam, bounds.south],
      [bounds.east - seam, bounds.north],
    ])
    .precision(1)
    .outline();
}

/** A step that is usual on maps and gives some four to eight lines. */
function graticuleStep({ west, east, south, north }: MapBounds): number {
  const span = Math.max(east - west, north - south);
  return [1, 2, 5, 10, 15, 20].find((step) => span / step <= 8) ?? 30;
}
