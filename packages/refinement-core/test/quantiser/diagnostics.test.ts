import { isNextscaleError } from "@nextscale/engine";
import { expect, test } from "vitest";
import { formatDiagnostics, quantiserDiagnostics } from "../../src/quantiser/diagnostics.js";

test("usage, perplexity and dead codes of known hits", () => {
  const diagnostics = quantiserDiagnostics([4, 4, 4]);
  diagnostics.observe(0, { hits: [5, 5, 5, 5] });
  diagnostics.observe(1, { hits: [7, 0, 0, 0] });
  diagnostics.observe(2, { hits: [500, 500, 1, 0] });
  const [even, collapsed, uneven] = diagnostics.scales();
  expect(even).toMatchObject({ tokens: 20, usage: 1, dead: 0 });
  expect(even!.perplexity).toBeCloseTo(4, 12);
  expect(collapsed).toMatchObject({ tokens: 7, usage: 0.25, perplexity: 1, dead: 3 });
  // The third code is hit, but 20 times less often than 0.08 of the expected 250.
  expect(uneven).toMatchObject({ usage: 0.5, dead: 1 });
});

test("each scale is measured by its own tokens", () => {
  const diagnostics = quantiserDiagnostics([8, 8]);
  const once = Int32Array.of(1, 1, 1, 1, 1, 1, 1, 0);
  diagnostics.observe(0, { hits: once });
  diagnostics.observe(1, { hits: once.map((hit) => 49 * hit) });
  expect(diagnostics.scales().map(({ usage }) => usage)).toEqual([7 / 8, 7 / 8]);
});

test("observations add up; energies are means", () => {
  const diagnostics = quantiserDiagnostics([2]);
  diagnostics.observe(0, { hits: [1, 2], residualEnergy: 1, quantisationError: 0.5, restarted: 2 });
  diagnostics.observe(0, { hits: [3, 0], residualEnergy: 3, restarted: 1 });
  expect(diagnostics.scales()[0]).toMatchObject({
    tokens: 6,
    restarted: 3,
    residualEnergy: 2,
    quantisationError: 0.5,
  });
});

test("a scale that nothing was observed of has no codes in use", () => {
  expect(quantiserDiagnostics([3]).scales()[0]).toMatchObject({ tokens: 0, usage: 0, perplexity: 0, dead: 3 });
});

test("the table", () => {
  const diagnostics = quantiserDiagnostics([4, 128]);
  diagnostics.observe(0, { hits: [1, 1, 1, 1], residualEnergy: 0.51234, quantisationError: 0.004321 });
  diagnostics.observe(1, { hits: Int32Array.from({ length: 128 }, (_, i) => 1000 * Number(i < 64)), restarted: 12 });
  expect(formatDiagnostics(diagnostics.scales())).toBe(
    [
      "scale  tokens  usage %  perplexity  dead  restarted  residual     left",
      "    0       4    100.0       4.0/4     0          0     0.512  0.00432",
      "    1   64000     50.0    64.0/128    64         12         -        -",
    ].join("\n"),
  );
});

test.each([
  ["hits of another codebook", 0, [1, 2, 3]],
  ["an unknown scale", 2, [1, 2]],
])("%s are refused", (_, scale, hits) => {
  try {
    quantiserDiagnostics([2, 2]).observe(scale, { hits });
    expect.unreachable();
  } catch (error) {
    expect(isNextscaleError(error, "shape")).toBe(true);
  }
});
