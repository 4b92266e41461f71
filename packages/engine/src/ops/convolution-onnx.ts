import { sizeOf } from "../ir/tensor-type.js";
import type { SpatialAxis } from "./convolution-geometry.js";
import type { OnnxEmitter } from "./operation.js";

/*
 * Convolutions as sums of matrix products, one for each filter tap: the image shifted by the tap, as rows of channels,
 * times that tap's [channels, outputs]. Channels stay last, so nothing is transposed; Gemm adds to the sum so far for free;
 * and the shifted images serve the value and the filter's gradient alike (ONNX Runtime merges equal nodes).
 *
 * ONNX Runtime's own Conv is made for fixed weights. With weights that change every step, 128 images, 96 channels, 5x5 sites
 * and 3x3 taps, on two cores that were busy otherwise: the filter's gradient 73 ms as a Conv with channels for images,
 * 17 ms as products.
 */

type Shape = readonly number[];
type Axes = readonly [SpatialAxis, SpatialAxis];

/** Products thinner than this are memory traffic: taps of few channels are put side by side until they are this wide. */
const LEAST_INNER_EXTENT = 64;

/** One shifted image: the first site read on each axis, and how far apart the sites are. */
interface Tap {
  readonly start: readonly [number, number];
  /** Rows of the filter matrix [taps * channels, ...] that belong to it start here, in taps. */
  readonly index: number;
}

/** Emits x (*) w: x [n, h, w, c], w [kh, kw, c, o] -> [n, h', w', o]. */
export function emitConvolution(e: OnnxEmitter, x: string, w: string, shapes: { x: Shape; w: Shape; y: Shape }, axes: Axes): string {
  const [kh, kw, c, o] = shapes.w as [number, number, number, number];
  const rows = tapRows(e, x, shapes, axes);
  const filter = reshape(e, w, [kh * kw * c, o]);
  const parts = rows.map(({ name, first, taps }) => ({ rows: name, matrix: sliceRows(e, filter, first * c, taps * c, kh * kw * c) }));
  return reshape(e, sumOfProducts(e, parts), shapes.y);
}

/** Emits the gradient of x (*) w by w. */
export function emitFilterGradient(e: OnnxEmitter, x: string, dy: string, shapes: { x: Shape; w: Shape; y: Shape }, axes: Axes): string {
  const o = shapes.y[3]!;
  const gradient = reshape(e, dy, [sizeOf(shapes.y) / o, o]);
  const parts = tapRows(e, x, shapes, axes).map(({ name }) => e.node("Gemm", [name, gradient], { transA: { int: 1 } }));
  return reshape(e, concat(e, parts, 0), shapes.w);
}

/**
 * Emits the gradient of x (*) w by x, or null where the sites of x do not fall evenly on the strides. Sites of x with the
 * same remainder by the stride see the same taps: each such group is a convolution of dy without gaps, and the groups are
 * woven together at the end.
 */
export function emitInputGradient(
  e: OnnxEmitter,
  dy: string,
  w: string,
  shapes: { x: Shape; w: Shape; y: Shape },
  axes: Axes,
): string | null {
  const [n, height, width, c] = shapes.x as [number, number, number, number];
  const [kh, kw, , o] = shapes.w as [number, number, number, number];
  const [vertical, horizontal] = axes;
  const even = height % vertical.stride === 0 && width % horizontal.stride === 0;
  if (!even || vertical.dilation !== 1 || horizontal.dilation !== 1) return null;
  const grid = [height / vertical.stride, width / horizontal.stride] as const;
  const groupsY = residues(vertical, kh);
  const groupsX = residues(horizontal, kw);
  const padding = ([groups, size, extent]: readonly [readonly Residue[], number, number]) => {
    const starts = groups.flatMap(({ taps }) => taps.map(({ start }) => start));
    const before = Math.max(0, -Math.min(...starts));
    return { before, after: Math.max(0, Math.max(...starts) + size - extent) };
  };
  const padY = padding([groupsY, grid[0], shapes.y[1]!]);
  const padX = padding([groupsX, grid[1], shapes.y[2]!]);
  const padded = pad(e, dy, [padY, padX]);
  const filter = reshape(e, e.node("Transpose", [w], { perm: { ints: [0, 1, 3, 2] } }), [kh * kw * o, c]);

  const sites = n * grid[0] * grid[1];
  const rowGroups = groupsY.map((residueY) => {
    const woven = groupsX.map((residueX) => {
      const taps = residueY.taps.flatMap((y) =>
        residueX.taps.map((x): Tap => ({ start: [y.start + padY.before, x.start + padX.before], index: y.tap * kw + x.tap })),
      );
      if (taps.length === 0) return e.constant({ dtype: "float32", shape: [sites, c] }, new Float32Array(sites * c));
      const parts = grouped(taps, o).map((group) => {
        const slices = group.map(({ start }) => shifted(e, padded, start, grid, [1, 1]));
        const matrices = group.map(({ index }) => sliceRows(e, filter, index * o, o, kh * kw * o));
        return { rows: reshape(e, concat(e, slices, 3), [sites, group.length * o]), matrix: concat(e, matrices, 0) };
      });
      return sumOfProducts(e, parts);
    });
    return reshape(e, concat(e, woven, 1), [n * grid[0], width * c]);
  });
  return reshape(e, concat(e, rowGroups, 1), shapes.x);
}

/** Taps that reach the sites with one remainder, with the first site of dy that each reads. */
interface Residue {
  readonly taps: readonly { readonly tap: number; readonly start: number }[];
}

/** For x sites t * stride + u, every u: x + before = y * stride + tap, so tap has the remainder of u + before. */
function residues({ stride, before }: SpatialAxis, extent: number): readonly Residue[] {
  return Array.from({ length: stride }, (_, u) => {
    const taps = Array.from({ length: extent }, (__, tap) => tap).filter((tap) => (u + before - tap) % stride === 0);
    return { taps: taps.map((tap) => ({ tap, start: (u + before - tap) / stride })) };
  });
}

/** The shifted images of a convolution as rows [n h' w', taps * c], taps side by side while they are thin. */
function tapRows(
  e: OnnxEmitter,
  x: string,
  shapes: { x: Shape; w: Shape; y: Shape },
  axes: Axes,
): readonly { readonly name: string; readonly first: number; readonly taps: number }[] {
  const [kh, kw, c] = shapes.w as [number, number, number];
  const [n, height, width] = shapes.y as [number, number, number];
  const [vertical, horizontal] = axes;
  const padded = pad(e, x, [vertical, horizontal]);
  const taps = Array.from({ length: kh * kw }, (_, index): Tap => {
    return { index, start: [Math.floor(index / kw) * vertical.dilation, (index % kw) * horizontal.dilation] };
  });
  const pointwise = kh * kw === 1 && shapes.x[1] === height && shapes.x[2] === width;
  return grouped(taps, c).map((group) => {
    const slices = group.map(({ start }) =>
      pointwise ? padded : shifted(e, padded, start, [height, width], [vertical.stride, horizontal.stride]),
    );
    const name = reshape(e, concat(e, slices, 3), [n * height * width, group.length * c]);
    return { name, first: group[0]!.index, taps: group.length };
  });
}

/** Consecutive taps, as many as make a product wide enough. */
function grouped(taps: readonly Tap[], channels: number): readonly (readonly Tap[])[] {
  const size = Math.ceil(LEAST_INNER_EXTENT / channels);
  return Array.from({ length: Math.ceil(taps.length / size) }, (_, i) => taps.slice(i * size, (i + 1) * size));
}

function sumOfProducts(e: OnnxEmitter, parts: readonly { readonly rows: string; readonly matrix: string }[]): string {
  const [first, ...rest] = parts as [(typeof parts)[number], ...(typeof parts)[number][]];
  const start = e.node("MatMul", [first.rows, first.matrix]);
  return rest.reduce((sum, { rows, matrix }) => e.node("Gemm", [rows, matrix, sum]), start);
}

function pad(e: OnnxEmitter, x: string, [y, z]: readonly [Pick<SpatialAxis, "before" | "after">, Pick<SpatialAxis, "before" | "after">]): string {
  const pads = [0, y.before, z.before, 0, 0, y.after, z.after, 0];
  return pads.every((count) => count === 0) ? x : e.node("Pad", [x, e.int64s(pads)]);
}

/** `size` sites from `start`, every `step`-th, of the two middle axes. */
function shifted(
  e: OnnxEmitter,
  x: string,
  start: readonly [number, number],
  size: readonly [number, number],
  step: readonly [number, number],
): string {
  const end = size.map((extent, i) => start[i]! + (extent - 1) * step[i]! + 1);
  return e.node("Slice", [x, e.int64s(start), e.int64s(end), e.int64s([1, 2]), e.int64s(step)]);
}

function sliceRows(e: OnnxEmitter, matrix: string, first: number, count: number, rows: number): string {
  if (count === rows) return matrix;
  return e.node("Slice", [matrix, e.int64s([first]), e.int64s([first + count]), e.int64s([0])]);
}

function concat(e: OnnxEmitter, names: readonly string[], axis: number): string {
  return names.length === 1 ? names[0]! : e.node("Concat", names, { axis: { int: axis } });
}

function reshape(e: OnnxEmitter, x: string, shape: Shape): string {
  return e.node("Reshape", [x, e.int64s(shape)]);
}
