/**
 * Tensors of a safetensors file, as the format names them.
 *
 * Half-precision types can be read but not written: JavaScript has no array for them, so their values arrive widened,
 * exactly, to float32.
 */
export type WritableSafetensor =
  | { readonly dtype: "F32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "F64"; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: "I32"; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: "I64"; readonly shape: readonly number[]; readonly data: BigInt64Array }
  | { readonly dtype: "U8" | "BOOL"; readonly shape: readonly number[]; readonly data: Uint8Array };

/** A tensor read from a safetensors file, row-major. */
export type Safetensor =
  | WritableSafetensor
  | { readonly dtype: "F16" | "BF16"; readonly shape: readonly number[]; readonly data: Float32Array };

/** Element types this reader knows, by the format's own names. */
export type SafetensorDType = Safetensor["dtype"];

/** Bytes of one element in the file. */
export const BYTES_PER_ELEMENT: Readonly<Record<SafetensorDType, number>> = {
  F64: 8,
  I64: 8,
  F32: 4,
  I32: 4,
  F16: 2,
  BF16: 2,
  U8: 1,
  BOOL: 1,
};

/** The caps that keep a lying file from costing more than it weighs. */
export const SAFETENSORS_LIMITS = {
  /** The reference implementation's own cap (`MAX_HEADER_SIZE` in safetensors/src/tensor.rs). */
  headerBytes: 100_000_000,
  /** Tensors, and keys of metadata: far above any published checkpoint, and few enough to check in no time. */
  entries: 100_000,
  /** NumPy stops at 64, PyTorch has no practical case above 8. */
  rank: 32,
} as const;

/** What to do about a file that breaks the format. */
export const DAMAGED = "the file is truncated, damaged or not safetensors: fetch or write it again";

/** A tensor's name as an error message shows it: quoted, and short whatever the file says. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 77)}...` : name);
}
