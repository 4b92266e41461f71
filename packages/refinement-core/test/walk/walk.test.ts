import { isNextscaleError } from "@nextscale/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { gaussianSteps, gridCoarsening } from "../../src/pyramid/grid-coarsening.js";
import { hostGrid } from "../../src/pyramid/grid-operator.js";
import type { HostTensor } from "../../src/pyramid/host-tensor.js";
import { identityQuantiser } from "../../src/quantiser/quantiser.js";
import { encode, encodeOpenLoop } from "../../src/walk/encode.js";
import { given } from "../../src/walk/given.js";
import { walk, walkAsync } from "../../src/walk/walk.js";
import { collect } from "./collect.js";
import { latticeQuantiser } from "./lattice-quantiser.js";
import { accumulationForm, forms, laplacianForm, randomGrid, SIZE } from "./two-forms.js";

const lattice = latticeQuantiser((scale) => 0.8 / (scale + 1));
const difference = (a: HostTensor, b: HostTensor) => hostGrid.subtract(a, b);
const largest = ({ data }: HostTensor) => data.reduce((worst, value) => Math.max(worst, Math.abs(value)), 0);
const last = <T>(list: readonly T[]): T => list[list.length - 1]!;

test.each(forms)("$name: walking with the encoder's codes reproduces its features at every scale", (form) => {
  fc.assert(
    fc.property(fc.nat(10_000), (item) => {
      const encoded = [...walk(form.scales, form.start, encode(lattice, form.data(randomGrid(item))))];
      const decoded = [...walk(form.scales, form.start, given(lattice, encoded.map(({ codes }) => codes)))]; // prettier-ignore
      expect(decoded.length).toBe(form.scales.length);
      decoded.forEach((visit, k) => {
        expect(visit.index).toBe(k);
        expect(visit.context).toEqual(encoded[k]!.context);
        expect(visit.state).toEqual(encoded[k]!.state);
      });
    }),
    { numRuns: 20 },
  );
});

test.each(forms)("control, $name: one wrong code changes every state from its scale on", (form) => {
  const encoded = [...walk(form.scales, form.start, encode(lattice, form.data(randomGrid(0))))];
  const codes = encoded.map((visit) => visit.codes);
  const wrong = { shape: codes[1]!.shape, data: codes[1]!.data.map((code, i) => (i === 0 ? code + 1 : code)) };
  const decoded = [...walk(form.scales, form.start, given(lattice, codes.map((c, k) => (k === 1 ? wrong : c))))]; // prettier-ignore
  const changed = decoded.map((visit, k) => largest(difference(visit.state, encoded[k]!.state)) > 0.01);
  expect(changed).toEqual(codes.map((_, k) => k >= 1));
});

test("Laplacian, closed loop: the final error is the last scale's quantisation error", () => {
  const grid = randomGrid(1);
  const visits = [...walk(laplacianForm.scales, laplacianForm.start, encode(lattice, laplacianForm.data(grid)))];
  const { state, residual, value } = last(visits);
  expect(largest(difference(difference(grid, state), difference(residual, value)))).toBeLessThan(1e-6);
  expect(largest(difference(grid, state))).toBeLessThanOrEqual(0.8 / 8 + 1e-6);
});

test("Laplacian, open loop: the final error is the sum of all expanded quantisation errors", () => {
  const grid = randomGrid(2);
  const data = laplacianForm.data(grid);
  const visits = [...walk(laplacianForm.scales, laplacianForm.start, encodeOpenLoop(lattice, data, laplacianForm.start))]; // prettier-ignore
  const coarsening = gridCoarsening(hostGrid, gaussianSteps([SIZE, SIZE], 3));
  const errors = visits.map(({ residual, value }) => difference(residual, value));
  // errors[0] belongs to the base at level 3, errors[k] to level 3 - k.
  const sum = errors.reduce((error, next, k) => hostGrid.add(coarsening.expand(error, 3 - k), next));
  expect(largest(difference(difference(grid, last(visits).state), sum))).toBeLessThan(1e-5);
  const closed = [...walk(laplacianForm.scales, laplacianForm.start, encode(lattice, data))];
  expect(largest(difference(grid, last(closed).state))).toBeLessThan(largest(difference(grid, last(visits).state)));
});

test("Laplacian, open loop quantises eq. 14's residuals, whatever the quantiser", () => {
  const data = laplacianForm.data(randomGrid(3)) as readonly HostTensor[];
  const coarse = latticeQuantiser(() => 100);
  const visits = [...walk(laplacianForm.scales, laplacianForm.start, encodeOpenLoop(coarse, data, laplacianForm.start))]; // prettier-ignore
  const coarsening = gridCoarsening(hostGrid, gaussianSteps([SIZE, SIZE], 3));
  for (const level of [0, 1, 2]) {
    const exact = difference(data[level]!, coarsening.expand(data[level + 1]!, level));
    expect(largest(difference(visits[3 - level]!.residual, exact))).toBeLessThan(1e-5);
  }
});

test("accumulation: each scale's residual is the scaled-down rest of the sum so far", () => {
  const grid = randomGrid(4);
  const visits = [...walk(accumulationForm.scales, accumulationForm.start, encode(lattice, grid))];
  let state = accumulationForm.start;
  visits.forEach((visit, k) => {
    const rest = accumulationForm.scales[k]!.context(difference(grid, state));
    expect(largest(difference(visit.residual, rest))).toBeLessThan(1e-6);
    state = visit.state;
  });
  // The last scale is not resized, so its quantisation error is what is left.
  const { residual, value } = last(visits);
  expect(largest(difference(difference(grid, state), difference(residual, value)))).toBeLessThan(1e-6);
});

test.each(forms)("$name: without quantisation the walk is exact, open and closed loop alike", (form) => {
  const grid = randomGrid(5);
  const identity = identityQuantiser<HostTensor>();
  for (const policy of [encode(identity, form.data(grid)), encodeOpenLoop(identity, form.data(grid), form.start)]) {
    expect(largest(difference(last([...walk(form.scales, form.start, policy)]).state, grid))).toBeLessThan(1e-5);
  }
});

test("a policy can be used for many walks", () => {
  const { scales, start, data } = laplacianForm;
  for (const policy of [encode(lattice, data(randomGrid(6))), encodeOpenLoop(lattice, data(randomGrid(6)), start)]) {
    expect([...walk(scales, start, policy)]).toEqual([...walk(scales, start, policy)]);
  }
});

test("a consumer that stops early causes no further work, even where scales never end", () => {
  let contexts = 0;
  function* endless() {
    for (;;) {
      yield {
        context: (state: number) => {
          contexts++;
          return state;
        },
        residual: (data: number, context: number) => data - context,
        refine: (state: number, value: number) => state + value,
      };
    }
  }
  for (const { state, index } of walk(endless(), 0, encode(identityQuantiser<number>(), 5))) {
    expect(state).toBe(5);
    if (index === 2) break;
  }
  expect(contexts).toBe(3);
});

test("walkAsync visits what walk visits", async () => {
  const policy = encode(lattice, laplacianForm.data(randomGrid(7)));
  const waiting = () => {
    const choose = policy();
    return async (step: Parameters<typeof choose>[0]) => choose(step);
  };
  const visits = await collect(walkAsync(laplacianForm.scales, laplacianForm.start, waiting));
  expect(visits).toEqual([...walk(laplacianForm.scales, laplacianForm.start, policy)]);
});

test("codes for too few scales are named, codes for fewer scales decode coarsely", () => {
  const { scales, start, data } = laplacianForm;
  const codes = [...walk(scales, start, encode(lattice, data(randomGrid(8))))].map((visit) => visit.codes);
  expect([...walk(scales.slice(0, 2), start, given(lattice, codes))][1]!.state.shape).toEqual([2, 2, 2, 3]);
  try {
    Array.from(walk(scales, start, given(lattice, codes.slice(0, 2))));
    expect.unreachable();
  } catch (error) {
    expect(isNextscaleError(error, "shape")).toBe(true);
  }
});
