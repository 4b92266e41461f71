import { constants } from "node:fs";
import { access, lstat, rm, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { realPathOf, replaceFolder, writeFileAtomic, type FolderFiles } from "@nextscale/engine/node";
import {
  createReceipt,
  formatReceipt,
  sha256,
  type ReceiptFields,
  type ReceiptOutput,
} from "@nextscale/refinement-core";
import { receiptPathOf, writeReceipt } from "@nextscale/refinement-core/node";
import type { Invocation } from "./invocation.js";
import { stageFile, unwritable, type StagedFile } from "./staging.js";
import { versionsWith } from "./versions.js";

/** A file to write. */
export interface FileOutput {
  readonly path: string;
  readonly content: Uint8Array | string;
}

/** A folder of files to write, in which files of the names in `replaced` may be now. */
export interface FolderOutput {
  readonly path: string;
  readonly files: FolderFiles;
  readonly replaced: readonly string[];
}

/** What a receipt says besides files, versions and the command. */
export interface RunFacts {
  /** Absent where no model was used. */
  readonly modelHash?: string;
  /** Absent where nothing was random. */
  readonly seed?: number;
  readonly engine: string;
  readonly networkEvaluations: number;
  /** Of a resumed training: the steps that earlier processes took. */
  readonly resumedAt?: number;
  /** What else decides the result, defaults included. */
  readonly options?: NonNullable<ReceiptFields["options"]>;
  /** `performance.now()` when the run began. */
  readonly began: number;
}

/**
 * Writes files, or one folder of files, with a receipt beside each. Afterwards all of them are there, or, after a failure,
 * all that was there before. A device such as `/dev/stdout` gets no receipt: there is no place beside it.
 *
 * @returns the paths written, in order, receipts included
 * @throws NextscaleError `unwritable`
 */
export async function writeOutputs(
  output: readonly FileOutput[] | FolderOutput,
  facts: RunFacts,
  invocation: Invocation,
): Promise<readonly string[]> {
  const staged: StagedFile[] = [];
  const devices: FileOutput[] = [];
  const written: string[] = [];
  const stage = async (path: string, content: Uint8Array | string) => {
    staged.push(await stageFile(path, content));
    written.push(path);
  };
  try {
    for (const file of "files" in output ? [] : output) {
      if (await isDevice(file.path)) {
        devices.push(file);
        continue;
      }
      await stage(file.path, file.content);
      await stage(...(await receipt(file.path, [["", file.content]], facts, invocation)));
    }
    if ("files" in output) {
      written.push(output.path);
      await stage(...(await receipt(output.path, filesIn(output), facts, invocation)));
    }
    // A device cannot take back what it was given, so it comes before all that can; a folder is new or old by itself.
    for (const { path, content } of devices) await writeFileAtomic(path, content);
    for (const file of staged) await file.place();
    if ("files" in output) await replaceFolder(output.path, output.files, output.replaced);
  } catch (error) {
    for (const file of staged) await file.revert().catch(() => undefined);
    throw error;
  }
  for (const file of staged) await file.keep();
  return written;
}

/** The files of a folder in the order of their paths, each path beginning with a slash. */
function filesIn({ files }: FolderOutput): [path: string, content: Uint8Array | string][] {
  const names = Object.keys(files).sort();
  return names.map((name) => [`/${name}`, files[name]!]);
}

/** Path and text of the receipt of what is about to be written: parts of `path` by what follows it in their paths. */
async function receipt(
  path: string,
  parts: readonly (readonly [path: string, content: Uint8Array | string])[],
  facts: RunFacts,
  invocation: Invocation,
): Promise<[path: string, text: string]> {
  const outputs: ReceiptOutput[] = [];
  for (const [part, content] of parts) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    outputs.push({ file: `${basename(resolve(path))}${part}`, bytes: bytes.length, sha256: await sha256(bytes) });
  }
  const text = formatReceipt(createReceipt({ ...fieldsOf(facts, invocation), outputs }));
  const at = receiptPathOf(path);
  return [isAbsolute(path) ? at : relative(process.cwd(), at), text];
}

/**
 * Puts the receipt of a run beside what it wrote itself. Where that fails, none is left: one of an earlier run would be of
 * another output.
 */
export async function receiptOf(output: string, facts: RunFacts, invocation: Invocation): Promise<void> {
  try {
    await writeReceipt(output, fieldsOf(facts, invocation));
  } catch (error) {
    await rm(receiptPathOf(output), { force: true }).catch(() => undefined);
    throw error;
  }
}

function fieldsOf({ began, ...facts }: RunFacts, { args }: Invocation): Omit<ReceiptFields, "outputs"> {
  return {
    ...facts,
    command: ["nextscale", ...args],
    wallTimeMs: Math.round(performance.now() - began),
    processors: availableParallelism(),
    versions: versionsWith(facts.engine),
  };
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
 * Looks whether a file or folder could be written with its receipt beside it, before minutes of work go into what is to be
 * written there. Both are written under another name first, so what must be writable is the folder that they are in.
 *
 * @throws NextscaleError `unwritable`
 */
export async function requireWritable(path: string, kind: "file" | "folder" = "folder"): Promise<void> {
  if (await isDevice(path)) return void (await isWritable(path, path));
  if (kind === "file" && (await meansFolder(path))) throw unwritable(path, "the name of a folder", "name a file");
  const receipt = receiptPathOf(path);
  if (await meansFolder(receipt)) throw unwritable(receipt, "a folder of that name", "name another output");
  const target = await realPathOf(path).catch(() => resolve(path));
  await requireRoomForName(path, receipt);
  if (kind === "folder") await isWritable(path, target, "folder");
  await isWritable(path, dirname(receipt), "folder");
  let folder = dirname(target);
  while (!(await isWritable(path, folder, "folder")) && folder !== dirname(folder)) folder = dirname(folder);
}

/** What is added to a name while its content is on the way: a dot, host, process, a token. */
const HIDDEN_NAME = 100;

/** An error when the system has no names as long as those under which the output is written first. */
async function requireRoomForName(path: string, receipt: string): Promise<void> {
  const longest = join(dirname(receipt), `${basename(receipt)}${"x".repeat(HIDDEN_NAME)}`);
  const { code } = await lstat(longest).then(
    () => ({ code: undefined }),
    (error: NodeJS.ErrnoException) => error,
  );
  if (code === "ENAMETOOLONG") throw unwritable(path, "too long a name", "choose a shorter path");
}

/** Whether a place is there; it is an error when it is and cannot be written to. */
async function isWritable(path: string, place: string, kind: "file" | "folder" = "file"): Promise<boolean> {
  try {
    if (kind === "file") await access(place, constants.W_OK);
    // Files are made in it; the dot makes a file in the place of a folder an error.
    else await access(`${place}${sep}.`, constants.W_OK | constants.X_OK);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return false;
    throw unwritable(path, `${code ?? String(error)} at ${place}`, "choose a folder you may write to", error);
  }
}
