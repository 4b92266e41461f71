import type { Command } from "commander";
import { command, engineOption, examples } from "./command-tree.js";
import type { StudyCommand } from "./commands/paper-study.js";
import type { PaperTableOptions, TableName } from "./commands/paper-table.js";
import type { Invocation } from "./invocation.js";
import { integer } from "./options.js";

/** What each table is about, for help: what a command needs besides is loaded when it runs. */
const TABLES: Readonly<Record<TableName, string>> = {
  table1: "setup A: pixel against latent denoising",
  table2: "setup B: discrete prediction against regression",
  table3: "setup C: coarse to fine against single-shot",
  table4: "refinement depth with matched parameters",
};

/** The parts of the study that section 6 asks for. */
const STUDY: Readonly<Record<StudyCommand, string>> = {
  matrix: "section 6: pixels or latents, codes, Gaussians or diffusion, many scales or one, on one backbone",
  frontier: "section 6: quality against evaluations, operations and seconds, next-scale against diffusion",
  tricks: "section 6: what diffusion lends to next-scale models, each trick before and after",
};

/** The commands that make the paper's tables. */
export function addPaper(paper: Command, invocation: Invocation): void {
  examples(paper, [
    "nextscale paper table1 --quick --out smoke",
    "nextscale paper table2 --out study",
    "nextscale paper matrix --out study",
  ]);
  for (const [name, about] of Object.entries(TABLES) as [TableName, string][]) {
    examples(
      command(paper, name)
        .description(`${about}; what is finished is kept, and the same command goes on after Ctrl-C`)
        .option("--seeds <n>", "how many trainings of each variant (default: 3, with --quick 1)", integer(1, 100))
        .option("--quick", "a smoke run of few images and epochs: its figures say nothing")
        .addOption(engineOption())
        .requiredOption("--out <folder>", "folder of the study: tables share the runs in it")
        .option("--json", "print one JSON object")
        .action(async (options: PaperTableOptions) =>
          (await import("./commands/paper-table.js")).paperTable(name, options, invocation),
        ),
      [`nextscale paper ${name} --quick --out smoke`, `nextscale paper ${name} --out study`],
    );
  }
  for (const [part, about] of Object.entries(STUDY) as [StudyCommand, string][]) {
    examples(
      command(paper, part)
        .description(`${about}; what is finished is kept, and the same command goes on after Ctrl-C`)
        .option("--seeds <n>", "how many trainings of each cell (default: 1)", integer(1, 100))
        .option("--quick", "a smoke run of few images, steps and samples: its figures say nothing")
        .addOption(engineOption())
        .requiredOption(
          "--out <folder>",
          "folder of the study: matrix and frontier share the runs in it, tricks have their own",
        )
        .option("--json", "print one JSON object")
        .action(async (options: PaperTableOptions) =>
          (await import("./commands/paper-study.js")).paperStudy(part, options, invocation),
        ),
      [`nextscale paper ${part} --quick --out smoke`, `nextscale paper ${part} --out study`],
    );
  }
}
