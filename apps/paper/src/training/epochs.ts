import type { Schedule } from "@nextscale/refinement-core";
import { stepsPerEpoch, type Settings } from "../settings.js";

/** 0 in the first step of each epoch, 1 in the others. */
export function epochFlag(settings: Settings): Schedule {
  const perEpoch = stepsPerEpoch(settings);
  return (step) => (step % perEpoch === 0 ? 0 : 1);
}

/** Looks at the test images in each epoch: much happens in the first ones, where targets are reached. */
const LOOKS = [24, 8, 4] as const;

/** Number of steps after which the test error is measured: often in the first epochs, then at the end of each. */
export function observedSteps(settings: Settings): ReadonlySet<number> {
  const perEpoch = stepsPerEpoch(settings);
  const steps = Array.from({ length: settings.epochs }, (_, epoch) => {
    const looks = Math.min(perEpoch, LOOKS[epoch] ?? 1);
    return Array.from({ length: looks }, (_, i) => epoch * perEpoch + Math.round((perEpoch * (i + 1)) / looks));
  });
  return new Set(steps.flat());
}

/** Steps between the look after which a figure was had and the one before. */
export function spacingOfLooks(settings: Settings, step: number): number {
  return step - Math.max(0, ...[...observedSteps(settings)].filter((earlier) => earlier < step));
}
