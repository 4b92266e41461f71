import { i32, type TensorType } from "@nextscale/engine";
import { codeNoise, randomStream } from "@nextscale/refinement-core";
import type { TokenGrid } from "../space/tokens.js";
import type { CodeForm } from "./categorical.js";
import type { RandomInputs } from "./cell-model.js";

/**
 * Which codes training replaces, and by what (`mask0`, `replacement0`, ...): none of a cell without noise, and none of the
 * finest scale, which no other could repair.
 *
 * @param strength largest share of an image's codes
 */
export function noiseOnCodes(tokens: readonly TokenGrid[], forms: readonly CodeForm[], strength: number): RandomInputs {
  const noisy = strength === 0 ? [] : forms.slice(0, -1);
  return {
    types: (items) =>
      Object.fromEntries(
        noisy.flatMap(({ stages }, k): [string, TensorType][] => {
          const type = i32(items, tokens[k]!.sites, stages);
          return [[`mask${k}`, type], [`replacement${k}`, type]]; // prettier-ignore
        }),
      ),
    draw(seed, items) {
      const stream = randomStream(seed, "paper/study-code-noise");
      const drawn = noisy.flatMap(({ stages, vocabulary }, scale) => {
        const sites = tokens[scale]!.sites * stages;
        const { mask, replacement } = codeNoise(stream, { items, scale, sites, vocabulary, strength });
        return [[`mask${scale}`, mask], [`replacement${scale}`, replacement]] as const; // prettier-ignore
      });
      return Object.fromEntries(drawn);
    },
  };
}
