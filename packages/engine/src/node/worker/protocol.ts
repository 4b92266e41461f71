import type { CompileOptions } from "../../engines/engine.js";
import { NextscaleError, type ErrorParts } from "../../errors.js";
import type { Program } from "../../ir/program.js";
import { sizeOf, type NamedArrays, type TensorData, type TensorType } from "../../ir/tensor-type.js";
import type { EngineName } from "../engine-names.js";

/** What the worker is started with. */
export interface WorkerSetup {
  readonly engine: EngineName;
  readonly threads?: number;
}

/** Memory that both threads see, by input or output name: how arrays cross without a message carrying them. */
export type SharedArrays = Readonly<Record<string, TensorData>>;

/** What the main thread asks of the worker. */
export type Request =
  | {
      readonly kind: "compile";
      readonly program: Program;
      readonly options: CompileOptions;
      readonly inputs: SharedArrays;
      readonly outputs: SharedArrays;
    }
  | { readonly kind: "run"; readonly executable: number }
  | { readonly kind: "readState"; readonly executable: number }
  | { readonly kind: "closeExecutable"; readonly executable: number }
  | { readonly kind: "close" };

/** A request with the number its answer will carry. */
export interface NumberedRequest {
  readonly id: number;
  readonly request: Request;
}

/** What the worker answers: `compile` gives the executable's number, `readState` the arrays, the rest nothing. */
export type Answer =
  | { readonly id: number; readonly result: number | NamedArrays | null }
  | { readonly id: number; readonly error: ErrorParts };

/** The id of the worker's first message, which says whether the engine could be opened. */
export const OPENED = 0;

/** A zero-filled array in shared memory. */
export function allocateShared(type: TensorType): TensorData {
  const size = sizeOf(type.shape);
  switch (type.dtype) {
    case "float32":
      return new Float32Array(new SharedArrayBuffer(size * 4));
    case "int32":
      return new Int32Array(new SharedArrayBuffer(size * 4));
    case "bool":
      return new Uint8Array(new SharedArrayBuffer(size));
    default:
      throw new Error(`internal: unknown dtype ${String(type.dtype satisfies never)}`);
  }
}

/** An error as a message can carry it. The cause stays behind: it may hold what cannot be cloned, and `got` quotes it. */
export function toParts(error: unknown): ErrorParts {
  if (!(error instanceof NextscaleError)) {
    const text = error instanceof Error ? error.message : String(error);
    return { code: "engine-failure", where: "engine/worker", expected: "a request without failure", got: text };
  }
  const { code, where, expected, got, fix } = error;
  return { code, where, expected, got, ...(fix === undefined ? {} : { fix }) };
}
