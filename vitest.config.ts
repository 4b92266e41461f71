import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { defaultClientConditions, defaultServerConditions } from "vite";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { findChromium } from "./tools/testing/chromium.js";
import { PlainReporter } from "./tools/testing/plain-reporter.js";
import { readmeExamples } from "./tools/testing/readme-example.js";

/** Packages resolve each other to their sources, so tests need no build. */
const SOURCE = "@nextscale/source";

const root = import.meta.dirname;

const folders = ["packages", "apps"]
  .flatMap((group) => readdirSync(join(root, group)).map((name) => `${group}/${name}`))
  .concat("tools")
  .filter((folder) => existsSync(join(root, folder, "package.json")));

const nodeProjects = folders.map((folder): TestProjectInlineConfiguration => ({
  extends: true,
  root: join(root, folder),
  test: {
    name: basename(folder),
    include: ["test/**/*.test.ts"],
    exclude: ["**/*.browser.test.ts", "**/*.isolated.test.ts", "**/node_modules/**"],
  },
}));

/** What measures its own process needs one to itself. */
const isolatedProject: TestProjectInlineConfiguration = {
  extends: true,
  test: { name: "isolated", include: ["{packages/*,apps/*,tools}/test/**/*.isolated.test.ts"], isolate: true },
};

/** Without these two headers a page is not cross-origin isolated and WebAssembly gets one thread. */
const CROSS_ORIGIN_ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

async function browserProject(chromium: string): Promise<TestProjectInlineConfiguration> {
  const { playwright } = await import("@vitest/browser-playwright");
  return {
    extends: true,
    server: { headers: CROSS_ORIGIN_ISOLATION },
    // onnxruntime-web finds its .wasm files relative to its own module, so it must not be moved into a bundle.
    optimizeDeps: { exclude: ["onnxruntime-web"], include: ["@tensorflow/tfjs-core"] },
    test: {
      name: "browser",
      include: ["{packages/*,apps/*,tools}/test/**/*.browser.test.ts"],
      // WebGPU on the processor starts slowly when the other projects keep all cores busy.
      testTimeout: 120_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({
          launchOptions: {
            executablePath: chromium,
            // SwiftShader is WebGPU on the processor: slow, and the same on machines with and without a GPU.
            args: [
              "--headless=new",
              "--no-sandbox",
              "--enable-unsafe-webgpu",
              "--use-webgpu-adapter=swiftshader",
              "--enable-features=Vulkan",
            ],
          },
        }),
        instances: [{ browser: "chromium" }],
      },
    },
  };
}

const chromium = findChromium();
const notes =
  chromium === undefined
    ? ["browser tests skipped: no Chromium found (install chromium, or name one in NEXTSCALE_CHROMIUM)"]
    : [];

export default defineConfig({
  root,
  resolve: { conditions: [SOURCE, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [SOURCE, ...defaultServerConditions] } },
  plugins: [readmeExamples()],
  test: {
    projects: [...nodeProjects, isolatedProject, ...(chromium === undefined ? [] : [await browserProject(chromium)])],
    // One a processor: vitest keeps one free, which of two is half.
    maxWorkers: "100%",
    reporters: ["default", new PlainReporter(notes)],
    pool: "forks",
    // Files share a process and what it has imported, which halves the time of importing: leave nothing behind in it.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: { include: ["packages/*/src/**", "apps/*/src/**"] },
  },
});
