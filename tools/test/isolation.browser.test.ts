import { expect, test } from "vitest";

/** What a page has; the types of this folder are those of Node. */
const page = globalThis as { readonly crossOriginIsolated?: boolean; readonly navigator?: object };

test("the page is cross-origin isolated, so WebAssembly may use threads", () => {
  expect(page.crossOriginIsolated).toBe(true);
  expect(new SharedArrayBuffer(8).byteLength).toBe(8);
});

test("the page has WebGPU", () => {
  expect("gpu" in (page.navigator ?? {})).toBe(true);
});
