import { join } from "node:path";
import { loadGraphModel, openChemistryWorker } from "@nextscale/graphs/node";
import type { Invocation } from "../invocation.js";
import { formatSeconds, quoteForShell } from "../output.js";
import { requireWritable, writeOutputs } from "../outputs.js";
import { moleculeTexts } from "./sample-texts.js";
import { constraintLines, costOf, recordedSampling, requestOf, sampleInParts } from "./sampling.js";
import { recordedValidity, validityLine } from "./validity.js";

/** What the demonstration generates. */
export interface DemoMoleculesOptions {
  /** A bundled model of molecules, or the folder of one. */
  readonly model: string;
  readonly out: string;
  readonly seed: number;
}

const COUNT = 50;
/** What makes most of them molecules. */
const SAMPLING = { connected: true, valence: true } as const;

/** Generates molecules with their pictures, and says what it made. */
export async function demoMolecules(options: DemoMoleculesOptions, invocation: Invocation): Promise<readonly string[]> {
  const began = performance.now();
  const { model: name, out, seed } = options;
  const [list, grid, strip] = ["molecules.smi", "molecules.svg", "molecule-scales.svg"].map((file) => join(out, file)) as [string, string, string]; // prettier-ignore
  for (const path of [list, grid, strip]) await requireWritable(path, "file");
  const model = await loadGraphModel(name);
  try {
    const chemistry = await openChemistryWorker();
    try {
      const { engine, hash: modelHash } = model;
      const atoms = model.config.atoms ?? [];
      const lines = moleculeTexts(".smi", chemistry, atoms, { strip: false });
      const pictures = moleculeTexts(".svg", chemistry, atoms, { strip: true });
      const request = { count: COUNT, seed, ...requestOf(SAMPLING), signal: invocation.signal };
      const tally = await sampleInParts(model, request, async (samples, first) => {
        await lines.add(samples, first);
        await pictures.add(samples, first);
      });
      const [written, drawn] = [lines.finish(), pictures.finish()];
      const validity = written.validity!;
      const { evaluationsPerGraph } = costOf(tally);
      const recorded = { count: COUNT, ...recordedSampling(SAMPLING), ...recordedValidity(validity) };
      const outputs = [
        { path: list, content: written.bytes },
        { path: grid, content: drawn.bytes },
        { path: strip, content: drawn.strip! },
      ];
      const networkEvaluations = Math.round(evaluationsPerGraph);
      const facts = { modelHash, seed, engine, networkEvaluations, options: recorded, began };
      await writeOutputs(outputs, facts, invocation);
      const again = `npx nextscale graphs sample --model ${quoteForShell(name)} --count ${COUNT} --seed ${seed} --connected --valence`;
      return [
        `${COUNT} graphs of atoms in ${formatSeconds(performance.now() - began)}; ${validityLine(validity)}:`,
        `  ${grid}   the valid ones`,
        `  ${strip}   the first of them, scale by scale`,
        `  ${list}   their SMILES`,
        ...constraintLines(SAMPLING, tally),
        `Run: model ${name} (${modelHash.slice(0, 12)}), seed ${seed}, engine ${engine}, ${evaluationsPerGraph.toFixed(1)} network evaluations each.`,
        "The same molecules again:",
        `  ${again} --out ${quoteForShell(list)} --strip ${quoteForShell(strip)}`,
      ];
    } finally {
      await chemistry.close();
    }
  } finally {
    await model.close();
  }
}
