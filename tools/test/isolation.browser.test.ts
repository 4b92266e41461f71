import { expect, test } from "vitest";

test("the page is cross-origin isolated, so WebAssembly may use threads", () => {
  expect(globalThis.crossOriginIsolated).toBe(true);
  expect(new SharedArrayBuffer(8).byteLength).toBe(8);
});

test("the page has WebGPU", () => {
  expect("gpu" in navigator).toBe(true);
});
