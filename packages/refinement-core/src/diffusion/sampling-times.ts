import { NextscaleError } from "@nextscale/engine";

/**
 * Which of the times 1 to T a sampler of N steps stops at.
 *
 * - `trailing` counts back from T in equal strides, so that it starts from the noise that it was trained to start from.
 * - `leading` counts up from 1 in whole strides and never sees T: what DDIM's programs have, for comparison with them.
 * - `linspace` takes T, 1 and times evenly spaced in between.
 */
export type TimeSpacing = "trailing" | "leading" | "linspace";

/**
 * N times from late to early, and the 0 that the last step ends at: [N + 1]. Lin et al. 2024, "Common diffusion noise
 * schedules and sample steps are flawed", table 2.
 *
 * @param options.last T, or an earlier time to start from
 * @throws NextscaleError `invalid-argument` unless 1 <= steps <= last, both whole
 */
export function samplingTimes(options: {
  readonly last: number;
  readonly steps: number;
  readonly spacing: TimeSpacing;
}): readonly number[] {
  const { last, steps, spacing } = options;
  if (!(Number.isInteger(steps) && Number.isInteger(last) && steps >= 1 && steps <= last)) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "refinement-core/samplingTimes",
      expected: `from 1 to ${last} steps`,
      got: `${steps}`,
    });
  }
  const at = {
    trailing: (i: number) => roundHalfEven(last - (i * last) / steps),
    leading: (i: number) => 1 + (steps - 1 - i) * Math.floor(last / steps),
    linspace: (i: number) => (steps === 1 ? last : 1 + roundHalfEven(((last - 1) * (steps - 1 - i)) / (steps - 1))),
  }[spacing];
  return [...Array.from({ length: steps }, (_, i) => at(i)), 0];
}

/** As NumPy rounds, and so the programs whose times these are. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
