import { readFileSync } from "node:fs";
import { transformWithOxc, type Plugin } from "vite";

/*
 * The first JavaScript or TypeScript block of a README as a module: importing `README.md?example` runs it against the
 * sources. What it prints must be what the comments beside its `console.log` calls say.
 */

/** Query that makes a Markdown file a module. */
export const EXAMPLE = "?example";

/** The example of a README. */
export interface Example {
  readonly code: string;
  /** What each `console.log` says it prints, in order: the comment after the call and the comment lines below it. */
  readonly stated: readonly string[];
}

/** What the module of an example exports. */
export interface ExampleModule {
  /** What each `console.log` printed, in order. */
  readonly printed: readonly string[];
}

/**
 * The first block marked `js` or `ts` of a Markdown text; undefined when there is none.
 *
 * @throws Error for a `console.log` without a comment: an example that does not say what it prints cannot be checked
 */
export function readmeExample(markdown: string): Example | undefined {
  const code = /^```(?:js|ts)\n(.*?)^```$/ms.exec(markdown)?.[1];
  return code === undefined ? undefined : { code, stated: statedOutputs(code.split("\n")) };
}

function statedOutputs(lines: readonly string[]): string[] {
  const outputs: string[] = [];
  for (const [first, line] of lines.entries()) {
    if (!line.trimStart().startsWith("console.log(")) continue;
    const length = lines.slice(first).findIndex((candidate) => /\);( \/\/ .*)?$/.test(candidate));
    const last = first + length;
    const beside = / \/\/ (.*)$/.exec(lines[last] ?? "")?.slice(1) ?? [];
    const below = lines.slice(last + 1);
    const end = below.findIndex((candidate) => !candidate.startsWith("// "));
    const stated = [...beside, ...below.slice(0, end === -1 ? below.length : end).map((text) => text.slice(3))];
    if (stated.length === 0) throw new Error(`no comment says what this prints: ${line.trim()}`);
    outputs.push(stated.join("\n"));
  }
  return outputs;
}

/** Lets tests import `<README>.md?example`. */
export function readmeExamples(): Plugin {
  return {
    name: "readme-examples",
    enforce: "pre",
    async load(id) {
      if (!id.endsWith(`.md${EXAMPLE}`)) return undefined;
      const path = id.slice(0, -EXAMPLE.length);
      const example = readmeExample(readFileSync(path, "utf8"));
      if (example === undefined) throw new Error(`${path} has no block marked js or ts`);
      // Imports are hoisted, so a console of its own can stand first.
      const recorder = [
        `import { format } from "node:util";`,
        "export const printed = [];",
        "const console = { log: (...values) => void printed.push(format(...values)) };",
      ];
      return await transformWithOxc([...recorder, example.code].join("\n"), `${path}.ts`);
    },
  };
}
