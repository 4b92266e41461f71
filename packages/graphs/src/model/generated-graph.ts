import { NextscaleError } from "@nextscale/engine";
import { toGraphology } from "../graph/graphology.js";
import type { Chemistry } from "../molecule/chemistry.js";
import type { MoleculeVocabulary } from "../molecule/vocabulary.js";
import type { GraphSample } from "./graph-model.js";

/** A sample as data, and what it can be turned into. */
export class GeneratedGraph implements GraphSample {
  readonly graph: GraphSample["graph"];
  readonly levels: GraphSample["levels"];
  declare readonly scaffold?: Int32Array;
  readonly evaluations: number;
  readonly logProbability: number;
  readonly constrained: GraphSample["constrained"];
  readonly #atoms: MoleculeVocabulary | undefined;

  /** @param atoms what node labels stand for, of a model of molecules */
  constructor(made: Omit<GraphSample, "toGraphology" | "toSmiles">, atoms: MoleculeVocabulary | undefined) {
    this.graph = made.graph;
    this.levels = made.levels;
    if (made.scaffold !== undefined) this.scaffold = made.scaffold;
    this.evaluations = made.evaluations;
    this.logProbability = made.logProbability;
    this.constrained = made.constrained;
    this.#atoms = atoms;
  }

  toGraphology(): ReturnType<GraphSample["toGraphology"]> {
    return toGraphology(this.graph);
  }

  async toSmiles(chemistry: Pick<Chemistry, "canonicalSmiles">): Promise<string> {
    if (this.#atoms === undefined) throw noMolecule("a model of molecules", "one of other graphs");
    const [outcome] = await chemistry.canonicalSmiles([this.graph], this.#atoms);
    if (outcome?.ok === true) return outcome.value;
    throw noMolecule("a graph that is a molecule", `one that is not: ${outcome?.reason}, ${outcome?.detail}`);
  }
}

function noMolecule(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-data", where: "graphs/toSmiles", expected, got });
}
