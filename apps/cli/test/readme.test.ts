import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { createProgram } from "../src/program.js";

/* The commands that the pages show are commands that there are, with options that they have. */

const PAGES = ["../README.md", "../../../README.md", "../../../packages/images/README.md"];

const program = createProgram({ args: [], signal: new AbortController().signal });

/** The words of every command line for the program in the blocks of a page; a shell variable stands for a number. */
function commandLines(markdown: string): string[][] {
  return [...markdown.replaceAll(/\$[A-Z_]+/g, "3").matchAll(/^(?:npx |\w+=\S+ )*nextscale (.*)$/gm)].map(
    ([, words = ""]) => words.split(" "),
  );
}

/** What is wrong with a command line: the first word that is neither command, option nor value; undefined if nothing. */
function problem(words: readonly string[], command: Command = program): string | undefined {
  const [name, ...rest] = words;
  const child = command.commands.find((candidate) => candidate.name() === name);
  if (child !== undefined) return problem(rest, child);
  return command.commands.length > 0 ? (name ?? "nothing") : unknownOption(words, command);
}

function unknownOption(words: readonly string[], command: Command): string | undefined {
  const { operands, unknown } = command.parseOptions([...words]);
  return operands[command.registeredArguments.length] ?? unknown[0];
}

for (const page of PAGES) {
  test(`the commands in ${page} exist`, () => {
    const lines = commandLines(readFileSync(new URL(page, import.meta.url), "utf8"));
    expect(lines.length).toBeGreaterThan(0);
    for (const words of lines) expect(problem(words), words.join(" ")).toBeUndefined();
  });
}

test("the options in the program's page exist", () => {
  const page = readFileSync(new URL(PAGES[0]!, import.meta.url), "utf8");
  const known = new Set(program.commands.flatMap((child) => [child, ...child.commands]).flatMap(longNames));
  for (const [option] of page.matchAll(/--[a-z][a-z-]*/g)) expect([...known, "--help"]).toContain(option);
});

function longNames(command: Command): string[] {
  return command.options.flatMap(({ long }) => (long === undefined || long === null ? [] : [long]));
}

test("control: commands and options that do not exist are noticed", () => {
  expect(commandLines("```sh\nA=1 npx nextscale images draw\n```\n").map((words) => problem(words))).toEqual(["draw"]);
  expect(problem(["images", "sample", "--cuont", "3"])).toBe("--cuont");
  expect(problem(["images", "sample", "seven"])).toBe("seven");
});
