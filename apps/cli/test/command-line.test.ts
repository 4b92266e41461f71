import type { Command } from "commander";
import { expect, test } from "vitest";
import { createProgram } from "../src/program.js";
import { VERSION } from "../src/versions.js";

/* The command line without a process for each: what it says and how it fails before a command begins. */

/** What a command line prints, and what it throws: help and mistakes throw, as `exitOverride` of commander has it. */
async function run(...args: string[]): Promise<{ readonly error: unknown; readonly text: string }> {
  let text = "";
  const program = createProgram({ args, signal: new AbortController().signal });
  const write = (part: string) => void (text += part);
  for (const command of allCommands(program)) command.configureOutput({ writeOut: write, writeErr: write });
  const error = await program.parseAsync(args, { from: "user" }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, text };
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

const names = allCommands(createProgram({ args: [], signal: new AbortController().signal })).map((command) =>
  command.parent?.parent ? [command.parent.name(), command.name()] : command.parent ? [command.name()] : [],
);

test.each(names.map((words) => ({ words, line: ["nextscale", ...words].join(" ") })))(
  "the help of $line has examples of it",
  async ({ words, line }) => {
    const { error, text } = await run(...words, "--help");
    expect(error).toMatchObject({ exitCode: 0 });
    expect(text.split("Examples:\n")[1]).toMatch(new RegExp(`^  (\\w+=\\S+ )?${line}`, "m"));
    // A default reads as it would be typed.
    expect(text).not.toMatch(/\(default:\s+[{[]/);
  },
);

test("the version is printed", async () => {
  expect(await run("--version")).toMatchObject({ error: { exitCode: 0 }, text: `${VERSION}\n` });
});

test.each([
  [["imags"], "(Did you mean images?)"],
  [["images", "sampel"], "(Did you mean sample?)"],
  [["images", "sample", "--temprature", "1"], "(Did you mean --temperature?)"],
  [["bench", "--repeat", "1"], "(Did you mean --repeats?)"],
  [["doctor", "--jsn"], "(Did you mean --json?)"],
])("%j is answered with a suggestion", async (args, suggestion) => {
  const { error, text } = await run(...args);
  expect(error).toMatchObject({ exitCode: 1 });
  expect(text).toContain(suggestion);
  expect(text).toMatch(/^nextscale: [^]*\nTry: nextscale .*--help/);
});

test.each([
  ["--count", "0"],
  ["--count", "-4"],
  ["--count", "NaN"],
  ["--count", "1.5"],
  ["--seed", "-1"],
  ["--shard", "3/2"],
  ["--shard", "2"],
  ["--guidance", "NaN"],
  ["--guidance", "-1"],
  ["--temperature", "-0.1"],
  ["--temperature", "Infinity"],
  ["--temperature", "warm"],
  ["--top-k", "0"],
  ["--top-k", "2.5"],
  ["--top-p", "1.1"],
  ["--top-p", "-0.1"],
])("sample %s %s is refused: what was expected, what came", async (option, value) => {
  const { error, text } = await run("images", "sample", `${option}=${value}`);
  expect(error).toMatchObject({ name: "CommanderError", exitCode: 1 });
  expect(text).toMatch(new RegExp(`^nextscale: option '${option} .*' argument '${value}' is invalid. Expected .*got`));
});

test.each([
  ["--out", "digits.jpg", "a name that ends with .png, or with / for a folder"],
  ["--out", "digits", "a name that ends with .png, or with / for a folder"],
  ["--out", "", "a name that ends with .png, or with / for a folder"],
  ["--shard", "0/65", "--shard with no more parts than the 64 images"],
  ["--model", "no-such-model", "a bundled model"],
  ["--engine", "gpu", "one of onnxruntime-node/cpu"],
])("sample %s %s is refused before anything is loaded", async (option, value, expected) => {
  const { error } = await run("images", "sample", option, value);
  expect(error).toMatchObject({ name: "NextscaleError", code: "invalid-argument" });
  expect((error as Error).message).toContain(expected);
});
