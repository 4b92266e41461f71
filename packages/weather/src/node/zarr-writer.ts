import { constants } from "node:fs";
import { lstat, mkdir, open, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { NextscaleError } from "@nextscale/engine";
import { typedNumbers, type DatasetDefinition } from "../data/definition.js";
import type { NumberArray } from "../data/dataset.js";
import { elementsOf, forEachRun, takeRegion, type Region } from "../data/slice.js";
import { chunkedVariables, zarrMetadata, type ChunkedVariable } from "../data/zarr-metadata.js";
import { beginDataset, type DatasetWriter, type Sink } from "./dataset-writer.js";
import { syncFile, writeAll } from "./write-all.js";

const WHERE = "weather/openZarrWriter";

/**
 * Begins a Zarr store, version 2, in a new folder, without compression: a part of a chunk then has its place in the chunk's
 * file, and what is written need not come chunk by chunk.
 *
 * @throws NextscaleError `invalid-argument` for a definition Zarr cannot hold, `unwritable`, also when something of the name
 *   is there
 */
export async function openZarrWriter(path: string, definition: DatasetDefinition): Promise<DatasetWriter> {
  return beginDataset(WHERE, path, definition, async (temporary) => {
    await requireNew(path);
    return beginStore(temporary, definition);
  });
}

/** A folder cannot be replaced in one step, and may hold anything. */
async function requireNew(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there === undefined) return;
  throw new NextscaleError({
    code: "unwritable",
    where: WHERE,
    expected: `to write ${path}, a new folder`,
    got: `a ${there.isDirectory() ? "folder" : "file"} of that name`,
    fix: "remove it, or choose another path",
  });
}

async function beginStore(temporary: string, definition: DatasetDefinition): Promise<Sink> {
  const variables = new Map(chunkedVariables(definition).map((variable) => [variable.name, variable]));
  const chunks = new Set<string>();
  await mkdir(temporary);
  for (const [name, text] of Object.entries(zarrMetadata(definition))) {
    const path = join(temporary, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flush: true });
  }
  return {
    async write(name, region, values) {
      const variable = variables.get(name)!;
      // JavaScript engines run on little-endian machines, which is also the order of the bytes in the store.
      const numbers = typedNumbers(variable.type, values);
      for (const { key, inChunk, inRegion } of chunksOf(variable, region)) {
        const part = takeRegion(numbers, region.count, inRegion);
        const path = join(temporary, name, key);
        await writePart(path, variable, inChunk, part);
        chunks.add(path);
      }
    },
    async sync() {
      for (const path of chunks) await syncFile(path);
    },
    close: () => Promise.resolve(),
  };
}

/** A chunk that a region meets: where their common part lies in the chunk, and in the region. */
interface ChunkPart {
  /** Name of the chunk's file. */
  readonly key: string;
  readonly inChunk: Region;
  readonly inRegion: Region;
}

function chunksOf({ chunkShape }: ChunkedVariable, { start, count }: Region): ChunkPart[] {
  const first = start.map((at, axis) => Math.floor(at / chunkShape[axis]!));
  const chunks = start.map((at, axis) => Math.ceil((at + count[axis]!) / chunkShape[axis]!) - first[axis]!);
  return Array.from({ length: elementsOf(count) === 0 ? 0 : elementsOf(chunks) }, (_, number) => {
    let rest = number;
    const index = chunks.map(() => 0);
    for (let axis = chunks.length - 1; axis >= 0; axis--) {
      index[axis] = first[axis]! + (rest % chunks[axis]!);
      rest = Math.floor(rest / chunks[axis]!);
    }
    const from = index.map((i, axis) => Math.max(start[axis]!, i * chunkShape[axis]!));
    const to = index.map((i, axis) => Math.min(start[axis]! + count[axis]!, (i + 1) * chunkShape[axis]!));
    const extent = from.map((at, axis) => to[axis]! - at);
    return {
      key: index.join(".") || "0",
      inChunk: { start: from.map((at, axis) => at - index[axis]! * chunkShape[axis]!), count: extent },
      inRegion: { start: from.map((at, axis) => at - start[axis]!), count: extent },
    };
  });
}

async function writePart(
  path: string,
  { chunkShape }: ChunkedVariable,
  region: Region,
  part: NumberArray,
): Promise<void> {
  const size = part.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  const file = await open(path, constants.O_RDWR | constants.O_CREAT);
  try {
    // A chunk at the edge is stored whole.
    await file.truncate(elementsOf(chunkShape) * size);
    const runs: (readonly [first: number, length: number])[] = [];
    forEachRun(chunkShape, region, (first, length) => runs.push([first, length]));
    let from = 0;
    for (const [first, length] of runs) {
      await writeAll(file, bytes.subarray(from, from + length * size), first * size);
      from += length * size;
    }
  } finally {
    await file.close();
  }
}
