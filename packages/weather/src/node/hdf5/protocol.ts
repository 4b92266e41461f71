import type { Attributes, NumberArray } from "../../data/dataset.js";
import type { VariableDefinition } from "../../data/definition.js";
import type { Named, Region } from "../../data/slice.js";

/** Classes of JavaScript that hold HDF5's numbers, by name; 64-bit integers become float64. */
export const ARRAY_CLASSES = {
  ...{ Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array },
  ...{ Float32Array, Float64Array },
} as const;

/** One of the {@link ARRAY_CLASSES}. */
export type ArrayClass = keyof typeof ARRAY_CLASSES;

/** A variable of a file. */
export interface Hdf5Variable extends Named {
  /** Path of its dataset in the file. */
  readonly path: string;
  readonly attributes: Attributes;
  readonly array: ArrayClass;
}

/** What a file holds. */
export interface Hdf5Content {
  readonly variables: readonly Hdf5Variable[];
  readonly attributes: Attributes;
}

/** A variable to be created. */
export interface Hdf5VariablePlan extends Named, Pick<VariableDefinition, "type" | "attributes"> {
  /** Path of its dataset in the file. */
  readonly path: string;
  /** Extents of its chunks; none for a scalar. */
  readonly chunks: readonly number[];
}

/** A file to be created. */
export interface Hdf5Plan {
  readonly dimensions: Readonly<Record<string, number>>;
  readonly record?: string;
  readonly variables: readonly Hdf5VariablePlan[];
  readonly attributes: Attributes;
}

/** Most elements that a request reads or writes: WebAssembly has 2 GiB, and the numbers are there twice. */
export const MOST_ELEMENTS_A_REQUEST = 2 ** 24;

/** What is asked of the thread. A file that is read is opened anew each time; one at a time is written. */
export type Hdf5Request =
  | { readonly kind: "describe"; readonly file: string }
  | { readonly kind: "read"; readonly file: string; readonly path: string; readonly region: Region }
  | { readonly kind: "create"; readonly file: string; readonly plan: Hdf5Plan }
  | { readonly kind: "write"; readonly path: string; readonly region: Region; readonly values: NumberArray }
  | { readonly kind: "finish" };

/** What the thread answers to each kind of request. */
export interface Hdf5Results {
  readonly describe: Hdf5Content;
  readonly read: NumberArray;
  readonly create: null;
  readonly write: null;
  readonly finish: null;
}

/** An answer of the thread: a result, or in one line why there is none. */
export type Hdf5Answer =
  { readonly result: Hdf5Results[Hdf5Request["kind"]] } | { readonly error: string; readonly isPackage: boolean };
