/** A way to draw samples: what one costs, and how far off they are. */
export interface FrontierPoint {
  readonly name: string;
  /** In any unit: operations, seconds, evaluations. */
  readonly cost: number;
  /** Distance to the test images, above 0. */
  readonly distance: number;
}

/** What it costs to come as close as asked: at most so much where the cheapest point is closer still. */
export interface ReachedAt {
  readonly kind: "interpolated" | "at most";
  readonly cost: number;
  readonly name: string;
}

/** The same, where it may be that no point is as close. */
export type CostAt = ReachedAt | { readonly kind: "never reached"; readonly closest: FrontierPoint };

/** The points that no cheaper one is as close as, cheapest first. */
export function frontierOf(points: readonly FrontierPoint[]): readonly FrontierPoint[] {
  const ascending = points.toSorted((a, b) => a.cost - b.cost || a.distance - b.distance);
  const kept: FrontierPoint[] = [];
  for (const point of ascending) if (point.distance < (kept.at(-1)?.distance ?? Infinity)) kept.push(point);
  return kept;
}

/**
 * The cost at which a frontier comes to a distance, on straight lines between its points where both axes are logarithmic.
 *
 * @param points at least one
 */
export function costAt(points: readonly FrontierPoint[], distance: number): CostAt {
  const frontier = frontierOf(points);
  const at = frontier.findIndex((point) => point.distance <= distance);
  if (at < 0) return { kind: "never reached", closest: frontier.at(-1)! };
  const [before, after] = [frontier[at - 1], frontier[at]!];
  const { cost, name } = after;
  if (before === undefined) return { kind: after.distance < distance ? "at most" : "interpolated", cost, name };
  const share = Math.log(before.distance / distance) / Math.log(before.distance / after.distance);
  return { kind: "interpolated", cost: before.cost * (cost / before.cost) ** share, name };
}
