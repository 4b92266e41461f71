import type { Domain, Space } from "../space/space.js";

/** What cells without codes have in common. */
export interface ContinuousCell {
  readonly domain: Domain;
  readonly space: Space;
  /** Root mean square of each scale's residuals, by which they are divided. */
  readonly deviations: readonly number[];
}
