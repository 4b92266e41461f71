import { NextscaleError } from "@nextscale/engine";
import type { ZarrFiles } from "./zarr-read.js";

/** Bytes of Blosc's header (Blosc chunk format, version 1). */
const HEADER = 16;

/**
 * Refuses a chunk compressed with Blosc whose length is not the one in its header: the decoder does not look, and makes
 * numbers of whatever follows in its memory.
 *
 * @param isBlosc whether the array of a name is compressed so
 */
export function withWholeBlosc(files: ZarrFiles, isBlosc: (array: string) => boolean): ZarrFiles {
  return {
    async get(path) {
      const bytes = await files.get(path);
      const [, array, file] = /^\/([^/]+)\/(.+)$/.exec(path) ?? [];
      const isChunk = file !== undefined && file !== "zarr.json" && !file.startsWith(".z");
      if (bytes === undefined || array === undefined || !isChunk || !isBlosc(array)) return bytes;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const stated = bytes.length < HEADER ? HEADER : view.getUint32(12, true);
      if (stated === bytes.length) return bytes;
      throw new NextscaleError({
        code: "invalid-file",
        where: "weather/readZarr",
        expected: `${stated} bytes in ${path}`,
        got: `${bytes.length}`,
        fix: "the store is truncated or damaged: fetch it again",
      });
    },
  };
}

/** Whether the metadata of an array, `.zarray` or `zarr.json`, name Blosc as its compression. */
export function namesBlosc(metadata: Uint8Array): boolean {
  const { compressor, codecs } = JSON.parse(new TextDecoder().decode(metadata)) as {
    readonly compressor?: { readonly id?: unknown } | null;
    readonly codecs?: readonly { readonly name?: unknown }[];
  };
  return compressor?.id === "blosc" || (codecs?.some(({ name }) => name === "blosc") ?? false);
}
