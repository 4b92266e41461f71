import { initialiser, initLinear, type HostParameters, type Initialiser, type LinearParameters, type NormalSource } from "@nextscale/refinement-core"; // prettier-ignore

/** Where the parameters of layers come from, by name. */
export interface Dense {
  readonly random: Initialiser;
  dense(name: string, inputs: number, outputs: number): HostParameters<LinearParameters>;
  /** A head: untrained it is near uniform. */
  head(name: string, inputs: number, outputs: number): HostParameters<LinearParameters>;
}

const HEAD_DEVIATION = 0.02;

/** Standard deviation of the weights of a layer of so many inputs. */
export const deviationOf = (inputs: number): number => Math.sqrt(1 / (3 * inputs));

export function denseFrom(source: NormalSource): Dense {
  const random = initialiser(source);
  return {
    random,
    dense: (name, inputs, outputs) => initLinear(random.at(name), inputs, outputs, deviationOf(inputs)),
    head: (name, inputs, outputs) => initLinear(random.at(name), inputs, outputs, HEAD_DEVIATION * deviationOf(inputs)),
  };
}
