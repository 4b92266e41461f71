import "@tensorflow/tfjs-backend-cpu";
import { mapTree, softmaxCrossEntropy } from "@nextscale/engine";
import {
  drawByInversion,
  gaussianPyramid,
  isHostTensor,
  normals,
  parameterNormals,
  randomStream,
  tensorGrid,
  type HostTensor,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { CategoricalHeadConfig } from "../../src/config/head-config.js";
import { gaussianGrid } from "../../src/grid/grid.js";
import { categoricalHead } from "../../src/head/categorical-head.js";
import type { HeadWeights, NetworkOnStates, OneRunHead } from "../../src/head/head.js";
import { networkOnStates } from "../../src/model/field-model.js";
import { FORCINGS } from "../../src/model/forcings.js";
import { gridConfig } from "../../src/model/grid-from.js";
import { fieldPyramid } from "../../src/pyramid/field-pyramid.js";
import { fieldGeometry } from "../../src/refiner/field-geometry.js";
import { fieldRefiner } from "../../src/refiner/field-refiner.js";
import { categoricalObjective } from "../../src/training/categorical-objective.js";

/*
 * Drawing, scoring and training are three walks over the same passes: what one thinks of a code, all do. A network that has
 * not been trained, but much of whose answer depends on what is drawn already, shows it.
 */

type Passes = CategoricalHeadConfig["passes"];
type Scale = CategoricalHeadConfig["quantiser"] & { readonly kind: "transform" };

const LEVELS = 3;
const STEP = 1;
const SHARPNESS = tf.tensor1d([1, 1, 1]);

/** Fields of one channel whose codes come back: each scale adds what leaves the means of the coarser one as they are. */
function coded(rows: number, columns: number, factors: readonly 2[]) {
  const geometry = fieldGeometry({
    grid: gridConfig(gaussianGrid(rows, columns)),
    channels: ["a"],
    pyramid: { factors: [...factors], baseSide: 1, expansion: "replication" },
  });
  const { grid, tokens } = geometry;
  const scales: Scale["scales"] = [1, ...factors].map((dimensions) => ({ dimensions, levels: LEVELS }));
  const headWith = (passes: Passes) => {
    const config: CategoricalHeadConfig = {
      kind: "categorical",
      quantiser: { kind: "transform", step: STEP, scales },
      passes,
    };
    return { config, head: categoricalHead(config, geometry) };
  };
  const refiner = fieldRefiner({
    ...{ grid, scales: tokens, inputs: 2, channels: 1, forcings: FORCINGS, outputs: headWith(1).head.outputs },
    ...{ width: 8, heads: 2, encoderBlocks: 1, scaleBlocks: 2, windowColumns: 8, encoderSide: 2 },
  });
  const initial = refiner.init(parameterNormals(1));
  const tensors = <T>(host: T, factor: number): never =>
    mapTree(host as never, isHostTensor, ({ data, shape }: HostTensor) =>
      tf.mul(tf.tensor(data, [...shape]), factor),
    ) as never;
  // Far from what training starts from, so that much depends on what is drawn already: the head's layers start near 0.
  const params = {
    ...(tensors(initial, 4) as object),
    scales: initial.scales.map((scale) => ({
      ...(tensors(scale, 1) as object),
      head: tensors(scale.head, 300),
    })),
  } as unknown as Parameters<typeof networkOnStates>[1];
  const networkOf = (items: number): NetworkOnStates => {
    // All items start from the same state.
    const state = tf.tensor4d(normals(randomStream(1, "test/state"), { draws: rows * columns }), [1, rows, columns, 1]);
    return networkOnStates(refiner, params, {
      known: [tf.tile(state, [items, 1, 1, 1])],
      statics: tf.reshape(state, [rows, columns, 1]),
      forcings: tf.zeros([items, FORCINGS]),
    });
  };
  const half = Math.SQRT1_2;
  // West against east in either row of a cell: rows have areas of their own, so south against north would change the mean.
  const details = [
    [half, -half, 0, 0],
    [0, 0, half, -half],
  ];
  const weights: HeadWeights = scales.map(({ dimensions }, k) => ({
    axes: k === 0 ? tf.tensor2d([[1]]) : tf.tensor2d(details.slice(0, dimensions)),
    centroids: tf.tile(tf.tensor2d([[-STEP, 0, STEP]]), [dimensions, 1]),
  }));
  const levelsOf = (field: tf.Tensor) =>
    gaussianPyramid(fieldPyramid(tensorGrid, grid, factors, "replication"), field, factors.length);
  return { geometry, headWith, networkOf, weights, levelsOf };
}

/** What a network was asked, and what it said. */
interface Asked {
  readonly scale: number;
  readonly guess: tf.Tensor;
  /** 1 where a token is drawn already [B or 1, tokens]. */
  readonly drawn: tf.Tensor;
  readonly said: tf.Tensor;
}

/** A network that keeps what it is asked. */
function heard(network: NetworkOnStates): { readonly network: NetworkOnStates; readonly asked: readonly Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    network: {
      ...network,
      refine(scale, guess, encoding, drawn) {
        const said = network.refine(scale, guess, encoding, drawn);
        const count = said.shape[1]!;
        asked.push({
          ...{ scale, guess, said },
          drawn: drawn === undefined ? tf.zeros([1, count]) : tf.reshape(drawn, [-1, count]),
        });
        return said;
      },
    },
  };
}

const noiseOf = (head: OneRunHead, items: number, seed: number): Record<string, tf.Tensor> => {
  const stream = randomStream(seed, "test/passes");
  const types = head.noiseTypes(items);
  return Object.fromEntries(
    Object.entries(head.noise(stream, { first: 0, count: items })).map(([name, values]) => [
      name,
      tf.tensor(values, [...types[name]!.shape]),
    ]),
  );
};

/** Draws, and adds up by scale -ln p of what comes out of each pass, as it is drawn. */
function drawn(
  { networkOf, weights }: ReturnType<typeof coded>,
  head: OneRunHead,
  { items, seed }: { readonly items: number; readonly seed: number },
) {
  const noise = noiseOf(head, items, seed);
  const { network, asked } = heard(networkOf(items));
  const field = head.draw(network, weights, noise, SHARPNESS);
  const nats = weights.map((_, k) => {
    const own = asked.filter(({ scale }) => scale === k);
    return own.reduce((sum, { said, drawn: before }, pass) => {
      const logits = tf.reshape(said, [...noise[`scale${k}`]!.shape, LEVELS]);
      const codes = drawByInversion(logits, noise[`scale${k}`]!, tf.scalar(1));
      const after = own[pass + 1]?.drawn ?? tf.onesLike(before);
      const perToken = tf.sum(softmaxCrossEntropy(logits, codes), -1);
      return sum + tf.sum(tf.mul(perToken, tf.sub(after, before))).dataSync()[0]!;
    }, 0);
  });
  return { field, nats, asked };
}

const three = coded(8, 16, [2, 2]);
const onePass = fc.constantFrom<Extract<Passes, string | number>>(1, 2, 4, "nested");

test("what is drawn is as likely as it was while it was drawn, scale by scale, and comes back from its codes", () => {
  fc.assert(
    fc.property(fc.tuple(onePass, onePass, onePass), fc.integer({ min: 0, max: 1000 }), (passes, seed) => {
      tf.tidy(() => {
        const { head } = three.headWith([...passes]);
        const { field, nats, asked } = drawn(three, head, { items: 2, seed });
        expect(head.evaluations).toBe(1 + asked.length);
        const scored = head.score!(three.networkOf(2), three.weights, field);
        nats.forEach((expected, k) => expect(scored.nats.dataSync()[k]! / expected).toBeCloseTo(1, 4));
        expect(tf.max(tf.abs(tf.sub(scored.decoded, field))).dataSync()[0]).toBeLessThan(1e-4);
      });
    }),
    { numRuns: 8, seed: 1 },
  );
}, 120_000);

test.each<[string, Passes, number]>([
  ["a coarser scale in one pass", [4, 1, 2], 1],
  ["the coarsest in other passes", [2, 2, 2], 0],
  ["the finest in one pass", [4, 2, 1], 2],
])("the control: scored with %s, the same is as likely but for that scale", (_, passes, changed) => {
  const { field, nats } = drawn(three, three.headWith([4, 2, 2]).head, { items: 2, seed: 1 });
  const scored = three.headWith(passes).head.score!(three.networkOf(2), three.weights, field).nats.dataSync();
  nats.forEach((expected, k) => {
    const difference = Math.abs(scored[k]! / expected - 1);
    if (k === changed) expect(difference).toBeGreaterThan(0.01);
    else expect(difference).toBeLessThan(1e-5);
  });
});

/**
 * How far from how often each base of four tokens was drawn lies how likely it is scored to be, under each of some passes:
 * chi-square, in standard deviations from its mean.
 */
function misfits(passes: Passes, scoredWith: readonly Passes[]) {
  const items = 1000;
  const small = coded(4, 4, [2]);
  const { field } = drawn(small, small.headWith(passes).head, { items, seed: 1 });
  const bases = small.levelsOf(field).at(-1)!.dataSync();
  const byBase = new Map<string, number[]>();
  for (let item = 0; item < items; item++) {
    const base = Array.from(bases.subarray(4 * item, 4 * item + 4), Math.round).join();
    byBase.set(base, [...(byBase.get(base) ?? []), item]);
  }
  return scoredWith.map((other) => {
    const { head } = small.headWith(other);
    const cells = Array.from(byBase.values(), (found) => {
      const own = tf.slice(field, [found[0]!, 0, 0, 0], [1, -1, -1, -1]);
      const [nats] = head.score!(small.networkOf(1), small.weights, own).nats.dataSync();
      return { count: found.length, expected: items * Math.exp(-nats!) };
    });
    const often = cells.filter(({ expected }) => expected >= 5);
    // The others, with those that never came.
    const rest = {
      count: items - often.reduce((sum, { count }) => sum + count, 0),
      expected: items - often.reduce((sum, { expected }) => sum + expected, 0),
    };
    const chiSquare = [...often, rest].reduce(
      (sum, { count, expected }) => sum + (count - expected) ** 2 / expected,
      0,
    );
    return { freedom: often.length, deviations: (chiSquare - often.length) / Math.sqrt(2 * often.length) };
  });
}

test.each<[Passes]>([[[2, 1]], [["nested", 1]]])(
  "bases drawn in %j passes come as often as they are likely",
  (passes) => {
    const [own, apart] = misfits(passes, [passes, 1]);
    expect(own!.freedom).toBeGreaterThan(8);
    expect(own!.deviations).toBeLessThan(4);
    // The control: likelihoods of tokens that know nothing of each other.
    expect(apart!.deviations).toBeGreaterThan(8);
  },
  120_000,
);

test("training asks the network what drawing asks it: the same guess beside what is drawn already", () => {
  const items = 40;
  const { config, head } = three.headWith(["nested", 2, 4]);
  const { field } = drawn(three, head, { items: 1, seed: 1 });
  const scoring = heard(three.networkOf(1));
  head.score!(scoring.network, three.weights, field);
  const fitted = config.quantiser.kind === "transform" ? config.quantiser.scales : [];
  const objective = categoricalObjective(
    config,
    three.geometry,
    fitted.map(({ dimensions, levels }) => ({
      ...{ dimensions, levels, weights: {} },
      counts: new Float64Array(dimensions * levels).fill(1),
    })),
    { seed: 1, corruption: 0 },
  );
  const types = objective.randomTypes(items);
  const random = Object.fromEntries(
    Object.entries(objective.random({ first: 0, count: items })).map(([name, data]) => {
      const { shape, dtype } = types[name]!;
      return [name, tf.tensor(data, [...shape], dtype)];
    }),
  );
  const training = heard(three.networkOf(items));
  objective.losses(training.network, three.weights, tf.tile(field, [items, 1, 1, 1]), random);
  expect(training.asked.map(({ scale }) => scale)).toEqual([0, 1, 2]);
  const met = new Set<number>();
  for (const { scale, guess, drawn: masks } of training.asked) {
    const [all, cells] = [masks.arraySync() as number[][], guess.arraySync() as number[][][][]];
    all.forEach((mask, item) => {
      const pass = scoring.asked.findIndex((asked) => {
        return asked.scale === scale && String(asked.drawn.arraySync()) === String(mask);
      });
      expect(pass).toBeGreaterThanOrEqual(0);
      met.add(pass);
      const expected = tf.reshape(scoring.asked[pass]!.guess, guess.shape.slice(1));
      expect(tf.max(tf.abs(tf.sub(expected, tf.tensor3d(cells[item]!)))).dataSync()[0]).toBeLessThan(1e-5);
    });
  }
  // Each pass was trained, of every scale.
  expect([...met].sort((a, b) => a - b)).toEqual(Array.from(scoring.asked.keys()));
});
