import type { Command } from "commander";
import type { PartName } from "@nextscale/paper";
import { command, engineOption, examples } from "./command-tree.js";
import type { PaperOptions } from "./commands/paper-part.js";
import type { Invocation } from "./invocation.js";
import { integer } from "./options.js";

/** What a command makes, for help: what it needs besides is loaded when it runs. */
interface About {
  readonly description: string;
  /** Of `--seeds`. */
  readonly seeds: string;
}

const OF_TABLES = "how many trainings of each variant (default: 3, with --quick 1)";
const OF_STUDY = "how many trainings of each cell (default: 1)";

const PARTS: Readonly<Record<PartName, About>> = {
  table1: { description: "setup A: pixel against latent denoising", seeds: OF_TABLES },
  table2: { description: "setup B: discrete prediction against regression", seeds: OF_TABLES },
  table3: { description: "setup C: coarse to fine against single-shot", seeds: OF_TABLES },
  table4: { description: "refinement depth with matched parameters", seeds: OF_TABLES },
  sweep: {
    description:
      "where the tables' statements hold: 500 to 60,000 training images, noise from 0.1 to 0.5 (about 25 minutes of two quiet cores a seed)",
    seeds: OF_TABLES,
  },
  matrix: {
    description: "section 6: pixels or latents, codes, Gaussians or diffusion, many scales or one, on one backbone",
    seeds: OF_STUDY,
  },
  frontier: {
    description: "section 6: quality against evaluations, operations and seconds, next-scale against diffusion",
    seeds: OF_STUDY,
  },
  tricks: {
    description: "section 6: what diffusion lends to next-scale models, each trick before and after",
    seeds: OF_STUDY,
  },
};

const ALL: About = {
  description: "all of these in order, then one page of them, RESULTS.md",
  seeds: "how many trainings of everything (default: 3 in tables and sweep, 1 in the rest, with --quick 1)",
};

/** The commands that make the paper's tables. */
export function addPaper(paper: Command, invocation: Invocation): void {
  examples(paper, [
    "nextscale paper table1 --quick --out smoke",
    "nextscale paper table2 --out study",
    "nextscale paper matrix --out study",
    "nextscale paper all --out study",
  ]);
  for (const [part, about] of Object.entries(PARTS) as [PartName, About][]) {
    paperCommand(paper, part, about, async (options) =>
      (await import("./commands/paper-part.js")).paperPart(part, options, invocation),
    );
  }
  paperCommand(paper, "all", ALL, async (options) =>
    (await import("./commands/paper-all.js")).paperAll(options, invocation),
  );
}

function paperCommand(
  paper: Command,
  name: string,
  { description, seeds }: About,
  action: (options: PaperOptions) => Promise<void>,
): void {
  examples(
    command(paper, name)
      .description(`${description}; what is finished is kept, and the same command goes on after Ctrl-C`)
      .option("--seeds <n>", seeds, integer(1, 100))
      .option("--quick", "a smoke run of few images, steps and samples: its figures say nothing")
      .addOption(engineOption())
      .requiredOption("--out <folder>", "folder of the study: what is made of the paper shares the runs in it")
      .option("--json", "print one JSON object")
      .action(action),
    [`nextscale paper ${name} --quick --out smoke`, `nextscale paper ${name} --out study`],
  );
}
