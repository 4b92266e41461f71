import { Command, Option } from "commander";
import { BENCH_PARTS, benchParts } from "./bench/parts.js";
import type { BenchOptions } from "./commands/bench.js";
import type { DemoOptions } from "./commands/demo.js";
import type { DoctorOptions } from "./commands/doctor.js";
import { command, configured, engineOption, examples } from "./command-tree.js";
import type { EvaluateImagesOptions } from "./commands/images-evaluate.js";
import type { SampleImagesOptions } from "./commands/images-sample.js";
import type { TrainImagesOptions } from "./commands/images-train.js";
import { addGraphs } from "./graphs-program.js";
import { DATA_FORMS } from "./images/data-forms.js";
import type { Invocation } from "./invocation.js";
import { decimal, integer, shard } from "./options.js";
import { addPaper } from "./paper-program.js";
import { VERSION } from "./versions.js";
import { addWeather } from "./weather-program.js";

/*
 * The command line as a table of contents. What a command does is imported when it runs, so that help and mistakes
 * answer at once.
 */

/** The whole command line; each command is given the invocation. */
export function createProgram(invocation: Invocation): Command {
  const program = configured(new Command("nextscale"))
    .description("Train, sample and evaluate next-scale generative models")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "show this help")
    .helpCommand(false);
  examples(program, [
    "nextscale demo",
    "nextscale images sample --count 64 --out digits.png",
    "nextscale graphs train --preset tree --out trees",
    "nextscale weather simulate --days 30 --out sim.nc",
    "nextscale doctor",
  ]);

  examples(
    command(program, "demo")
      .description("generate digits, a weather forecast and molecules with the bundled models, and draw them")
      .option("--out <folder>", "where to put the pictures", "out")
      .option("--seed <n>", "seed of all randomness", integer(0), 1)
      .action(async (options: DemoOptions) => (await import("./commands/demo.js")).demo(options, invocation)),
    ["nextscale demo", "nextscale demo --out pictures --seed 7"],
  );

  addImages(command(program, "images").description("generate images: train, sample and evaluate"), invocation);
  addGraphs(
    command(program, "graphs").description("generate graphs and molecules: train, sample, evaluate and score"),
    invocation,
  );
  addWeather(
    command(program, "weather").description("forecast the weather: simulate, train, forecast, verify"),
    invocation,
  );
  addPaper(
    command(program, "paper").description("make the paper's tables again, with floors and verdicts"),
    invocation,
  );

  examples(
    command(program, "doctor")
      .description("show which engines load on this machine, how fast each is, and what the others need")
      .option("--json", "print one JSON object")
      .action(async (options: DoctorOptions) => (await import("./commands/doctor.js")).doctor(options, invocation)),
    ["nextscale doctor", "nextscale doctor --json"],
  );

  examples(
    command(program, "bench")
      .description("time training steps and generation against the matrix-product rate of this machine, and PyTorch")
      .option("--repeats <n>", "timed runs for each network and its peer; the median counts", integer(1, 10_000), 15)
      .option("--only <parts>", `parts with commas between them: ${BENCH_PARTS.join(", ")} (default: all)`, benchParts)
      .option("--plot <file.svg>", "draw how the cost of graphs grows with their nodes, of the part graphs")
      .option("--json", "print one JSON object")
      .addHelpText("after", "\nPyTorch is timed where python3 has torch; NEXTSCALE_PYTHON names another interpreter.")
      .action(async (options: BenchOptions) => (await import("./commands/bench.js")).bench(options, invocation)),
    [
      "nextscale bench",
      "nextscale bench --only mlp,conv",
      "nextscale bench --only graphs --repeats 3 --plot graphs-cost.svg",
      "NEXTSCALE_PYTHON=~/torch/bin/python nextscale bench --json",
    ],
  );
  return program;
}

function addImages(images: Command, invocation: Invocation): void {
  examples(images, [
    "nextscale images sample --label 7 --out sevens.png",
    "nextscale images evaluate --model mnist",
    "nextscale images train --preset mnist --out my-model",
  ]);

  examples(
    command(images, "train")
      .description("train a tokeniser and a generator; Ctrl-C saves, --resume goes on to the same weights, bit for bit")
      .requiredOption("--preset <name>", "what to train: mnist, or tiny, which learns next to nothing in seconds")
      .addOption(dataOption("what to train on"))
      .requiredOption("--out <folder>", "folder of the model")
      .option("--seed <n>", "seed of all randomness", integer(0), 0)
      .option("--resume", "go on from what --out holds")
      .option("--json", "print one JSON object at the end")
      .action(async (options: TrainImagesOptions) =>
        (await import("./commands/images-train.js")).trainImages(options, invocation),
      ),
    [
      "nextscale images train --preset mnist --out my-model",
      "nextscale images train --preset mnist --out my-model --resume",
      "nextscale images train --preset mnist --data fashion-mnist --out clothes",
    ],
  );

  examples(
    command(images, "sample")
      .description("generate images: a labelled grid as PNG, or with --out folder/ one PNG each")
      .addOption(modelOption())
      .option("--count <n>", "how many", integer(1), 64)
      .option("--seed <n>", "seed; sample i of a seed is always the same image", integer(0), 1)
      .option("--label <class>", "one class for all, by name or number (default: all classes in turn)")
      .option(
        "--guidance <g>",
        "classifier-free guidance; 1 is off, 2 to 4 is clearer and less varied",
        decimal(0, { maximum: 1000 }),
      )
      .option(
        "--temperature <t>",
        "1 draws from the model, 0 takes the most probable codes",
        decimal(0, { maximum: 1000 }),
      )
      .option("--top-k <k>", "draw among the k most probable codes", integer(1, 2 ** 31 - 1))
      .option(
        "--top-p <p>",
        "draw among the most probable codes that together reach p; 0 takes the most probable one",
        decimal(0, { maximum: 1 }),
      )
      .option("--shard <i/n>", "only part i (from 0) of n equal parts of the job", shard)
      .addOption(engineOption())
      .option("--out <path>", "a PNG file, or a folder when it ends with /", "samples.png")
      .option("--json", "print one JSON object")
      .action(async (options: SampleImagesOptions) =>
        (await import("./commands/images-sample.js")).sampleImages(options, invocation),
      ),
    [
      "nextscale images sample --count 64 --out digits.png",
      "nextscale images sample --label 7 --guidance 3 --seed 5 --out sevens.png",
      "nextscale images sample --count 10000 --shard 2/8 --out part-2/",
    ],
  );

  examples(
    command(images, "evaluate")
      .description("measure a model against the real test images")
      .addOption(modelOption())
      .addOption(dataOption("what the model was trained on"))
      .option("--test-data <images>", "what to test with, where --data names none: IDX files or a folder")
      .option(
        "--feature-network <folder>",
        "of features trained on the same data (default: the bundled one, for mnist)",
      )
      .option("--count <n>", "how many images to generate", integer(16), 10_000)
      .option("--seed <n>", "seed of all randomness", integer(0), 1)
      .addOption(engineOption())
      .option("--out <file>", "write the figures to a JSON file")
      .option("--record", "keep the main figures in the model.json of --model, a folder")
      .option("--json", "print one JSON object")
      .action(async (options: EvaluateImagesOptions) =>
        (await import("./commands/images-evaluate.js")).evaluateImages(options, invocation),
      ),
    ["nextscale images evaluate", "nextscale images evaluate --model my-model --count 2000 --out figures.json"],
  );
}

function modelOption(): Option {
  return new Option("--model <name>", "a bundled model, or the folder of one").default("mnist");
}

function dataOption(what: string): Option {
  return new Option("--data <images>", `${what}: ${DATA_FORMS}`).default("mnist");
}
