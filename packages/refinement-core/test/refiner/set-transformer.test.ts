import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { initialiser, parameterNormals } from "../../src/refiner/parameters.js";
import { isab, pma, sab } from "../../src/refiner/set-transformer.js";
import { onCpu } from "../support/cpu.js";
import { largestDifference, randomTensor, toTensors } from "../support/tensors.js";

onCpu();

const COUNT = 5;
const WIDTH = 8;
const shape = { width: WIDTH, heads: 2, hidden: 12 };
const random = initialiser(parameterNormals(1));
const selfBlock = sab(shape);
const inducedBlock = isab({ ...shape, inducing: 3 });
const pool = pma({ ...shape, seeds: 2 });

const permutation = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: COUNT, maxLength: COUNT });
const presence = fc.array(fc.constantFrom(0, 1), { minLength: COUNT, maxLength: COUNT });

function permuteSet(x: tf.Tensor, order: number[]): tf.Tensor {
  return tf.gather(x, tf.tensor1d(order, "int32"), 1);
}

function permutePairs(bias: tf.Tensor, order: number[]): tf.Tensor {
  const index = tf.tensor1d(order, "int32");
  return tf.gather(tf.gather(bias, index, 2), index, 3);
}

test("SAB with a mask and a pair bias commutes with permutations", () => {
  const params = toTensors(selfBlock.init(random));
  fc.assert(
    fc.property(permutation, presence, (order, present) => {
      const x = randomTensor("x", [2, COUNT, WIDTH]);
      const mask = tf.tensor2d([present, present], [2, COUNT]);
      const pairBias = randomTensor("pairs", [2, 2, COUNT, COUNT]);
      const direct = permuteSet(selfBlock.apply(params, x, { mask, pairBias }), order);
      const permuted = selfBlock.apply(params, permuteSet(x, order), {
        mask: permuteSet(mask, order),
        pairBias: permutePairs(pairBias, order),
      });
      expect(largestDifference(direct, permuted)).toBeLessThan(1e-5);
    }),
    { numRuns: 15 },
  );
});

test("the permutation test notices a bias that is not permuted along", () => {
  const params = toTensors(selfBlock.init(random));
  const x = randomTensor("x", [2, COUNT, WIDTH]);
  const pairBias = randomTensor("pairs", [2, 2, COUNT, COUNT]);
  const order = [1, 2, 3, 4, 0];
  const direct = permuteSet(selfBlock.apply(params, x, { pairBias }), order);
  expect(largestDifference(direct, selfBlock.apply(params, permuteSet(x, order), { pairBias }))).toBeGreaterThan(1e-3);
});

test("ISAB commutes with permutations, PMA does not see them", () => {
  const induced = toTensors(inducedBlock.init(random));
  const pooling = toTensors(pool.init(random));
  fc.assert(
    fc.property(permutation, presence, (order, present) => {
      const x = randomTensor("x", [2, COUNT, WIDTH]);
      const y = permuteSet(x, order);
      const mask = tf.tensor2d([present, [1, 1, 0, 1, 1]], [2, COUNT]);
      const moved = permuteSet(mask, order);
      const set = inducedBlock.apply(induced, x, { mask });
      expect(largestDifference(permuteSet(set, order), inducedBlock.apply(induced, y, { mask: moved }))).toBeLessThan(
        1e-5,
      );
      const pooled = pool.apply(pooling, x, { mask });
      expect(pooled.shape).toEqual([2, 2, WIDTH]);
      expect(largestDifference(pooled, pool.apply(pooling, y, { mask: moved }))).toBeLessThan(1e-5);
    }),
    { numRuns: 15 },
  );
});

test("what stands at a masked place has exactly no influence, even when every place is masked", () => {
  const self = toTensors(selfBlock.init(random));
  const induced = toTensors(inducedBlock.init(random));
  const pooling = toTensors(pool.init(random));
  fc.assert(
    fc.property(presence, (present) => {
      const row = tf.tensor1d(present);
      const mask = tf.reshape(row, [1, COUNT]);
      const keep = tf.reshape(row, [1, COUNT, 1]);
      const x = randomTensor("x", [1, COUNT, WIDTH]);
      const disturbed = tf.add(x, tf.mul(tf.sub(1, keep), randomTensor("noise", [1, COUNT, WIDTH], 100)));
      const same = (a: tf.Tensor, b: tf.Tensor): void => {
        expect(largestDifference(tf.mul(a, keep), tf.mul(b, keep))).toBe(0);
      };
      same(selfBlock.apply(self, x, { mask }), selfBlock.apply(self, disturbed, { mask }));
      same(inducedBlock.apply(induced, x, { mask }), inducedBlock.apply(induced, disturbed, { mask }));
      const pooled = pool.apply(pooling, x, { mask });
      expect(largestDifference(pooled, pool.apply(pooling, disturbed, { mask }))).toBe(0);
    }),
    { numRuns: 20 },
  );
});

test("a padded set gives what the set without padding gives", () => {
  const params = toTensors(selfBlock.init(random));
  const x = randomTensor("x", [1, COUNT, WIDTH]);
  const three = selfBlock.apply(params, tf.slice(x, [0, 0, 0], [1, 3, -1]));
  const padded = selfBlock.apply(params, x, { mask: tf.tensor2d([[1, 1, 1, 0, 0]]) });
  expect(largestDifference(tf.slice(padded, [0, 0, 0], [1, 3, -1]), three)).toBeLessThan(1e-6);
});
