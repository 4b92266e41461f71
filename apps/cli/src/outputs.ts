import { constants } from "node:fs";
import { access, rm, stat } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { NextscaleError } from "@nextscale/engine";
import { replaceFolder, writeFileAtomic, type FolderFiles } from "@nextscale/engine/node";
import { receiptPathOf, writeReceipt } from "@nextscale/refinement-core/node";
import type { Invocation } from "./invocation.js";
import { versionsWith } from "./versions.js";

/** Something to write: a file, or a folder of files, in which files of the names in `replaced` may be now. */
export type Output =
  | { readonly path: string; readonly content: Uint8Array | string }
  | { readonly path: string; readonly files: FolderFiles; readonly replaced: readonly string[] };

/** What a receipt says besides files, versions and the command. */
export interface RunFacts {
  readonly modelHash: string;
  readonly seed: number;
  readonly engine: string;
  readonly networkEvaluations: number;
  /** Of a resumed training: the steps that earlier processes took. */
  readonly resumedAt?: number;
  /** `performance.now()` when the run began. */
  readonly began: number;
}

/**
 * Writes outputs, each with its receipt beside it; all or none of them are there afterwards. A device such as
 * `/dev/stdout` gets no receipt: there is no place beside it.
 *
 * @returns the paths written, in order, receipts included
 * @throws NextscaleError `unwritable`
 */
export async function writeOutputs(
  outputs: readonly Output[],
  facts: RunFacts,
  invocation: Invocation,
): Promise<readonly string[]> {
  const written: string[] = [];
  try {
    for (const output of outputs) {
      if (await isDevice(output.path)) {
        await write(output);
        continue;
      }
      await write(output);
      written.push(output.path);
      await receiptOf(output.path, facts, invocation);
      const receipt = receiptPathOf(output.path);
      written.push(isAbsolute(output.path) ? receipt : relative(process.cwd(), receipt));
    }
  } catch (error) {
    await Promise.all(written.map((path) => rm(path, { recursive: true, force: true }).catch(() => undefined)));
    throw error;
  }
  return written;
}

/** Puts the receipt of a run beside what it wrote. */
export async function receiptOf(output: string, facts: RunFacts, { args }: Invocation): Promise<void> {
  const { began, ...rest } = facts;
  await writeReceipt(output, {
    ...rest,
    command: ["nextscale", ...args],
    wallTimeMs: Math.round(performance.now() - began),
    versions: versionsWith(facts.engine),
  });
}

async function write(output: Output): Promise<void> {
  if ("content" in output) await writeFileAtomic(output.path, output.content);
  else await replaceFolder(output.path, output.files, output.replaced);
}

/** True for what is there and is neither file nor folder. */
export async function isDevice(path: string): Promise<boolean> {
  const kind = await stat(path).catch(() => undefined);
  return kind !== undefined && !kind.isFile() && !kind.isDirectory();
}

/** True when a path means a folder: it ends with a separator, or a folder is there. */
export async function meansFolder(path: string): Promise<boolean> {
  return /[/\\]$/.test(path) || ((await stat(path).catch(() => undefined))?.isDirectory() ?? false);
}

/**
 * Looks whether a path could be written, before minutes of work go into what is to be written there.
 *
 * @throws NextscaleError `unwritable`
 */
export async function requireWritable(path: string): Promise<void> {
  let folder = resolve(path);
  for (;;) {
    try {
      await access(folder, constants.W_OK);
      return;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      const parent = dirname(folder);
      if (code !== "ENOENT" || parent === folder) {
        throw new NextscaleError({
          code: "unwritable",
          where: "output",
          expected: `to write ${path}`,
          got: `${code ?? String(cause)} at ${folder}`,
          fix: "choose a folder you may write to",
          cause,
        });
      }
      folder = parent;
    }
  }
}
