import { nearestHostCodes, type HostTensor, type Quantiser } from "@nextscale/refinement-core";
import type { Residual } from "../pyramid/contraction.js";
import type { Codes } from "./codes.js";

/**
 * Residuals of graphs to codes. All of a residual but the composition is discrete as it is, and at the finest level that is a label.
 *
 * @param codebook compositions against the parent's that codes stand for, [codes, labels]
 */
export function compositionQuantiser(codebook: HostTensor): Quantiser<Residual, Codes> {
  const [, labels = 1] = codebook.shape;
  const embed = ({ kinds, patterns, splits, finest }: Codes): Residual => ({
    patterns,
    splits,
    composition: finest
      ? new Float32Array(kinds.length * labels)
      : Float32Array.from({ length: kinds.length * labels }, (_, at) => {
          return codebook.data[kinds[Math.floor(at / labels)]! * labels + (at % labels)]!;
        }),
    nodeLabels: finest ? Uint8Array.from(kinds) : new Uint8Array(0),
  });
  return {
    quantise: (_, { patterns, splits, composition, nodeLabels }) => {
      const finest = nodeLabels.length > 0;
      const kinds = finest ? Int32Array.from(nodeLabels) : nearestHostCodes(codebook, composition);
      const codes = { kinds, patterns, splits, finest };
      return { codes, value: embed(codes) };
    },
    embed: (_, codes) => embed(codes),
  };
}
