import type { Attributes, AttributeValue } from "./dataset.js";
import { checkDefinition, type DatasetDefinition, type VariableDefinition } from "./definition.js";
import type { Named } from "./slice.js";

/** Little-endian types as Zarr 2 names them. */
const DTYPES = { int: "<i4", float: "<f4", double: "<f8" } as const;

/** A variable of a store to be written, with the extents of its chunks. */
export interface ChunkedVariable extends VariableDefinition, Named {
  readonly chunkShape: readonly number[];
}

/** The variables of a definition with their chunks: of extent one or more, a dimension's own where none is told. */
export function chunkedVariables(definition: DatasetDefinition): readonly ChunkedVariable[] {
  return checkDefinition(definition).map((variable) => ({
    ...variable,
    chunkShape: variable.shape.map((extent, axis) => variable.chunks?.[variable.dimensions[axis]!] ?? extent),
  }));
}

/**
 * Metadata files of a Zarr store by path: specification version 2, xarray's `_ARRAY_DIMENSIONS`, and all of it once more in
 * `.zmetadata`, so that a reader over HTTP needs one request.
 */
export function zarrMetadata(definition: DatasetDefinition): Readonly<Record<string, string>> {
  const metadata: Record<string, unknown> = {
    ".zgroup": { zarr_format: 2 },
    ".zattrs": toJson(definition.attributes),
  };
  for (const { name, type, shape, chunkShape, dimensions, attributes } of chunkedVariables(definition)) {
    metadata[`${name}/.zarray`] = {
      zarr_format: 2,
      shape,
      chunks: chunkShape,
      dtype: DTYPES[type],
      order: "C",
      compressor: null,
      filters: null,
      fill_value: type === "float" ? "NaN" : null,
    };
    metadata[`${name}/.zattrs`] = { ...toJson(attributes), _ARRAY_DIMENSIONS: dimensions };
  }
  const all = { zarr_consolidated_format: 1, metadata };
  return Object.fromEntries(
    [...Object.entries(metadata), [".zmetadata", all] as const].map(([path, value]) => [
      path,
      `${JSON.stringify(value, null, 1)}\n`,
    ]),
  );
}

/** One number stands alone in Zarr. */
function toJson(attributes: Attributes): Record<string, unknown> {
  const plain = (value: AttributeValue) => (typeof value === "object" && value.length === 1 ? value[0] : value);
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, plain(value)]));
}
