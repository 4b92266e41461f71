import { Option, type Command } from "commander";
import { command, engineOption, examples } from "./command-tree.js";
import type { CurveGraphsOptions } from "./commands/graphs-curve.js";
import type { EvaluateGraphsOptions } from "./commands/graphs-evaluate.js";
import type { SampleGraphsOptions } from "./commands/graphs-sample.js";
import type { ScoreGraphsOptions } from "./commands/graphs-score.js";
import type { TrainGraphsOptions } from "./commands/graphs-train.js";
import { parsePlan } from "./graphs/sampling-plan.js";
import type { Invocation } from "./invocation.js";
import { decimal, integer, MOST_SUBSTEPS, several, shard, substeps, sweeps } from "./options.js";

/** Files that graphs are read from, for help. */
const GRAPH_FILES = ".jsonl (a graph a line), .graphml, .gexf or .edges";

/** Files that molecules are read from, for help. */
const MOLECULE_FILES = ".smi (a SMILES a line) or .sdf";

/** What the notation of substeps means, below the options. */
const SUBSTEPS_NOTE =
  "\nSubsteps: the codes of a level are drawn in so many parts, between which the network sees what was drawn. A number is\n" +
  "for all levels; 5,2,1 gives the finest level 5, the next coarser one 2, and all that are coarser 1; exact takes as\n" +
  "many as it needs for no two codes that compete to be drawn at once; adaptive is like that, but draws early what is as\n" +
  "good as certain already.";

/** What a plan of a curve has beside substeps, below the options. */
const SWEEPS_NOTE =
  "\nSweeps: exact+3 is exact with 3 sweeps, in each of which all codes of a level are drawn again, each part knowing the\n" +
  "rest; any other substeps may have them too. They are what --sweeps is to sample and evaluate.";

/** The commands of `nextscale graphs`. */
export function addGraphs(graphs: Command, invocation: Invocation): void {
  examples(graphs, [
    "nextscale graphs train --preset qm9 --out my-model",
    "nextscale graphs sample --model my-model --count 1000 --out molecules.smi",
    "nextscale graphs evaluate --model my-model --dataset qm9 --out report.json",
    "nextscale graphs curve --model my-model --dataset qm9 --out curve",
    "nextscale graphs score molecules.smi --model my-model",
  ]);
  addTrain(graphs, invocation);
  addSample(graphs, invocation);
  addEvaluate(graphs, invocation);
  addCurve(graphs, invocation);
  addScore(graphs, invocation);
}

function addTrain(graphs: Command, invocation: Invocation): void {
  examples(
    command(graphs, "train")
      .description("train a model of graphs; Ctrl-C saves, --resume goes on to the same weights, bit for bit")
      .requiredOption("--preset <name>", "what to train: qm9 or zinc250k, of molecules; planar, tree or sbm, of graphs")
      .option(
        "--data <file>",
        `what to train on: ${GRAPH_FILES}; for molecules also ${MOLECULE_FILES}; each also with .gz ` +
          "(default: the training part of the set that the preset is for, in NEXTSCALE_DATA, or for planar, tree and " +
          "sbm without that 128 generated graphs)",
      )
      .option("--skip-invalid", "leave out lines of --data that are malformed or of other labels, and say which")
      .requiredOption("--out <folder>", "folder of the model")
      .option("--seed <n>", "seed of all randomness", integer(0), 0)
      .option("--steps <n>", "training steps (default: the preset's)", integer(1, 10_000_000))
      .option(
        "--property <name>",
        "a descriptor of RDKit that samples can then be asked for, such as CrippenClogP or tpsa",
      )
      .addOption(
        new Option(
          "--hierarchy <name>",
          "pairs, or one-scale: without scales between, absorbing discrete diffusion on the same network (default: pairs)",
        ).choices(["pairs", "one-scale"]),
      )
      .option(
        "--from <name>",
        "begin with the weights of a model of the same preset, bundled or a folder: to train it on, or on other graphs",
      )
      .addOption(engineOption())
      .option("--resume", "go on from what --out holds")
      .option("--json", "print one JSON object at the end")
      .action(async (options: TrainGraphsOptions) =>
        (await import("./commands/graphs-train.js")).trainGraphs(options, invocation),
      ),
    [
      "nextscale graphs train --preset qm9 --out my-model",
      "nextscale graphs train --preset qm9 --data my-molecules.smi.gz --skip-invalid --out my-model",
      "nextscale graphs train --preset qm9 --property CrippenClogP --out my-model",
      "nextscale graphs train --preset qm9 --from qm9 --data my-molecules.smi --steps 1000 --out my-model",
      "nextscale graphs train --preset tree --steps 500 --out trees --resume",
      "nextscale graphs train --preset planar --hierarchy one-scale --out planar-diffusion",
    ],
  );
}

function addSample(graphs: Command, invocation: Invocation): void {
  examples(
    withSampling(
      command(graphs, "sample")
        .description("generate graphs or molecules; sample i of a seed is always the same, alone or among others")
        .addOption(modelOption())
        .option("--count <n>", "how many", integer(1, 10_000_000), 100)
        .option("--seed <n>", "seed of all randomness", integer(0), 1),
    )
      .option("--shard <i/n>", "only part i (from 0) of n equal parts of the job", shard)
      .addOption(engineOption())
      .requiredOption(
        "--out <file>",
        "molecules that are valid as .smi or .sdf; all graphs with their labels as .jsonl; one graph as .graphml, .gexf or " +
          ".edges; each also with .gz; a picture as .svg",
      )
      .option("--strip <file>", "also draw the first of them at every scale, as .svg")
      .option("--json", "print one JSON object")
      .addHelpText("after", SUBSTEPS_NOTE)
      .action(async (options: SampleGraphsOptions) =>
        (await import("./commands/graphs-sample.js")).sampleGraphs(options, invocation),
      ),
    [
      "nextscale graphs sample --model qm9 --count 1000 --seed 1 --out molecules.smi",
      "nextscale graphs sample --model qm9 --count 50 --valence --connected --out molecules.svg --strip scales.svg",
      "nextscale graphs sample --model qm9 --scaffold c1ccoc1 --valence --connected --out furans.svg",
      "nextscale graphs sample --model my-model --property 1.5 --guidance 2 --out lipophilic.smi",
      "nextscale graphs sample --model tree --count 40 --size 64 --sweeps 3 --out trees.jsonl.gz",
      "nextscale graphs sample --model qm9 --count 1000000 --shard 2/8 --out part-2.smi.gz",
    ],
  );
}

function addEvaluate(graphs: Command, invocation: Invocation): void {
  examples(
    withSampling(
      command(graphs, "evaluate")
        .description("measure a model, or a file of samples, beside what real graphs or molecules score")
        .argument("[file]", `samples instead of --model: ${MOLECULE_FILES} for molecules, else ${GRAPH_FILES}`)
        .option("--model <name>", "a bundled model, or the folder of one, to sample from")
        .addOption(datasetOption())
        .addOption(splitOption())
        .option(
          "--count <n>",
          "how many to sample (default: 10000 molecules, or as many graphs as the split has)",
          integer(2, 10_000_000),
        )
        .option("--seed <n>", "seed of all randomness", integer(0), 1),
    )
      .option("--skip-invalid", "leave out lines of the file that are malformed, and say which")
      .addOption(engineOption())
      .option("--out <file>", "write the report to a JSON file")
      .option("--json", "print one JSON object")
      .addHelpText("after", SUBSTEPS_NOTE)
      .action(async (file: string | undefined, options: EvaluateGraphsOptions) =>
        (await import("./commands/graphs-evaluate.js")).evaluateGraphModel(file, options, invocation),
      ),
    [
      "nextscale graphs evaluate --model qm9 --dataset qm9 --out report.json",
      "nextscale graphs evaluate samples.smi --dataset qm9",
      "nextscale graphs evaluate --model my-planar --dataset planar --split validation --count 200",
      "nextscale graphs evaluate trees.jsonl --dataset tree --skip-invalid",
    ],
  );
}

function addCurve(graphs: Command, invocation: Invocation): void {
  examples(
    command(graphs, "curve")
      .description(
        "measure a model by substeps and sweeps, and diffusion without scales by steps, as a table and a picture; Ctrl-C " +
          "leaves what is finished, and the same command goes on",
      )
      .addOption(modelOption())
      .option(
        "--baseline <name>",
        "a model without scales between (hierarchy one-scale), whose substeps are diffusion's",
      )
      .addOption(datasetOption())
      .addOption(splitOption())
      .option(
        "--substeps <plans...>",
        "how to sample the model, each exact, adaptive, a number, or a list such as 5,2,1, and with sweeps such as exact+1, " +
          "see below (default: 1 2 4 8 exact exact+1)",
        several(parsePlan),
      )
      .option(
        "--steps <numbers...>",
        "how to sample the baseline (default: 1 2 5 10 20 50 100 200 500)",
        several(integer(1, MOST_SUBSTEPS)),
      )
      .option(
        "--count <n>",
        "samples for each (default: 10000 molecules, or as many graphs as the split has)",
        integer(2, 10_000_000),
      )
      .option("--seed <n>", "seed of all randomness", integer(0), 1)
      .addOption(engineOption())
      .requiredOption(
        "--out <folder>",
        "folder of curve.svg, curve.md and curve.json; what is in the last is not sampled again",
      )
      .option("--json", "print one JSON object")
      .addHelpText("after", `${SUBSTEPS_NOTE}\n${SWEEPS_NOTE}`)
      .action(async (options: CurveGraphsOptions) =>
        (await import("./commands/graphs-curve.js")).curveOfGraphModels(options, invocation),
      ),
    [
      "nextscale graphs curve --model qm9 --dataset qm9 --out qm9-curve",
      "nextscale graphs curve --model qm9 --baseline my-diffusion --dataset qm9 --steps 1 10 100 --out qm9-curve",
      "nextscale graphs curve --model my-trees --dataset tree --substeps 1 2 5,2,1 exact --count 200 --out tree-curve",
      "nextscale graphs curve --model tree --dataset tree --substeps 1 exact exact+1 exact+3 --out sweeps-curve",
    ],
  );
}

function addScore(graphs: Command, invocation: Invocation): void {
  examples(
    command(graphs, "score")
      .description("how likely a model finds the graphs or molecules of a file: nats, and bits a node")
      .argument("<file>", `${MOLECULE_FILES} for a model of molecules, or ${GRAPH_FILES}`)
      .addOption(modelOption())
      .option("--substeps <plan>", "exact, adaptive, a number, or a list, as for sampling (default: exact)", substeps)
      .option("--seed <n>", "seed of the hierarchies of each graph", integer(0), 1)
      .option("--hierarchies <n>", "how many to try of each graph: the more, the closer", integer(1, 100_000), 1)
      .option(
        "--skip-invalid",
        "leave out what is no graph or has labels or atoms that the model has not, and say which",
      )
      .addOption(engineOption())
      .option("--out <file>", "write the scores, as .csv or .json")
      .option("--json", "print one JSON object")
      .addHelpText("after", SUBSTEPS_NOTE)
      .action(async (file: string, options: ScoreGraphsOptions) =>
        (await import("./commands/graphs-score.js")).scoreGraphs(file, options, invocation),
      ),
    [
      "nextscale graphs score molecules.smi --model qm9 --out scores.csv",
      "nextscale graphs score graphs.jsonl --model trees --substeps 5,2,1 --json",
    ],
  );
}

/** How graphs are drawn. */
function withSampling(child: Command): Command {
  return child
    .option(
      "--substeps <plan>",
      "exact, adaptive, a number, or a list such as 5,2,1, see below (default: exact)",
      substeps,
    )
    .option("--size <n>", "nodes of each graph (default: as often as in training)", integer(1, 1_000_000))
    .option(
      "--temperature <t>",
      "0.01 to 100; below 1 what is likely becomes likelier (default: 1)",
      decimal(0.01, { maximum: 100 }),
    )
    .option("--sweeps <n>", "how often all of a scale is drawn again, each part knowing the rest (default: 0)", sweeps)
    .option("--property <x>", "what the property is to be that the model was trained with", decimal(-Number.MAX_VALUE))
    .option("--guidance <w>", "how strictly, above 1 more than was learned (default: 1)", decimal(0, { maximum: 100 }))
    .option("--scaffold <what>", "what each is to have in it: a SMILES for molecules, or a file with one graph")
    .option("--connected", "only connected graphs")
    .option("--valence", "only bonds that atoms have room for, of a model of molecules");
}

function datasetOption(): Option {
  return new Option(
    "--dataset <name>",
    "what to compare with: qm9 or zinc250k; planar, sbm, tree, community_small, ego_small, community20 or enzymes",
  ).makeOptionMandatory();
}

function splitOption(): Option {
  return new Option("--split <name>", "for decisions, or for the final figures (default: test)").choices([
    "validation",
    "test",
  ]);
}

function modelOption(): Option {
  return new Option("--model <name>", "a bundled model, or the folder of one").default("qm9");
}
