import "@tensorflow/tfjs-backend-cpu";
import { encode, identityQuantiser, normals, randomStream, walk } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { latentSpace } from "../../src/study/space/latent-space.js";
import { pixelSpace } from "../../src/study/space/pixel-space.js";
import type { Space } from "../../src/study/space/space.js";
import { fromTokens, tokenGrid, toTokens } from "../../src/study/space/tokens.js";
import { STUDY } from "../../src/study/settings.js";

const items = 2;
const grids = (shape: readonly number[]) =>
  tf.tensor(normals(randomStream(1, "test/spaces"), { items, draws: shape.reduce((a, b) => a * b, 1) }), [
    items,
    ...shape,
  ]);

test("a token is a square of cells, row-major, and tokens come back as the grid", () => {
  const grid = tokenGrid(8, 4, 2);
  const x = grids([8, 8, 2]);
  const tokens = toTokens(grid, x);
  expect(tokens.shape).toEqual([items, 4, 32]);
  expect([...fromTokens(grid, tokens).dataSync()]).toEqual([...x.dataSync()]);
  // The second token of the first item starts at row 0, column 4.
  expect([...tokens.dataSync().subarray(32, 34)]).toEqual([...x.dataSync().subarray(8, 10)]);
});

test.each<[string, Space]>([
  ["pixels, five scales", pixelSpace(STUDY.sides.pixels)],
  ["pixels, one scale", pixelSpace([28])],
  ["latents, five scales", latentSpace(STUDY.sides.latents, 3)],
  ["latents, two scales", latentSpace([2, 5], 3)],
])("residuals that are not quantised add up to the data: %s", (_, space) => {
  const finest = grids(space.states.at(-1)!);
  const start = tf.zeros([items, ...space.states[0]!]);
  const visits = [...walk(space.scales(), start, encode(identityQuantiser<tf.Tensor>(), space.data(finest)))];
  visits.forEach(({ state, context, codes }, k) => {
    const { sites, width } = space.tokens[k]!;
    expect(sites).toBeLessThanOrEqual(49);
    expect(context.shape).toEqual([items, sites, width]);
    expect(codes.shape).toEqual([items, sites, width]);
    expect(state.shape).toEqual([items, ...space.states[k + 1]!]);
  });
  expect(tf.max(tf.abs(tf.sub(visits.at(-1)!.state, finest))).dataSync()[0]).toBeLessThan(1e-5);
});
