import { NextscaleError } from "@nextscale/engine";
import { untilSignalsAreSeen } from "@nextscale/refinement-core";
import { chemistryOn } from "./chemistry-on.js";
import type { Chemistry } from "./chemistry.js";
import type { Executor } from "./executor.js";
import type { Answers, Outcome, Question } from "./rdkit/question.js";
import { RdkitSession, type WasmSource } from "./rdkit/session.js";

/** Molecules between two looks at the event loop: some tens of milliseconds. */
const AT_A_TIME = 64;

/** Options of {@link openChemistry}. */
export interface OpenChemistryOptions {
  /**
   * RDKit's WebAssembly: the bytes or the address of `RDKit_minimal.wasm`. Default: beside the package's own JavaScript, where a
   * bundler of a web page seldom leaves it.
   */
  readonly wasm?: WasmSource;
}

/**
 * Chemistry in this thread, for a web page or its worker. Between molecules the event loop gets its turn; a molecule that RDKit
 * cannot finish would stop it, which in Node `openChemistryWorker` prevents.
 *
 * @throws NextscaleError `engine-unavailable` when RDKit does not load
 */
export async function openChemistry({ wasm }: OpenChemistryOptions = {}): Promise<Chemistry> {
  return chemistryOn(await executorHere(wasm));
}

/** RDKit in this thread. @throws NextscaleError `engine-unavailable` when it does not load */
export async function executorHere(wasm?: WasmSource): Promise<Executor> {
  const failed = (error: unknown): never => {
    throw unavailable(error);
  };
  let session: RdkitSession | undefined = await RdkitSession.open(wasm).catch(failed);
  return {
    version: session.version,
    async run<Q extends Question>(question: Q, texts: readonly string[]) {
      const outcomes: Outcome<unknown>[] = [];
      for (const text of texts) {
        if (session === undefined) throw closed();
        outcomes.push(await session.answer(question, text).catch(failed));
        if (outcomes.length % AT_A_TIME === 0) await untilSignalsAreSeen();
      }
      return outcomes as Outcome<Answers[Q["kind"]]>[];
    },
    async close() {
      session = undefined;
    },
  };
}

/** RDKit does not load. */
export function unavailable(cause: unknown): NextscaleError {
  return new NextscaleError({
    code: "engine-unavailable",
    where: "graphs/openChemistry",
    expected: "RDKit, the package @rdkit/rdkit with its RDKit_minimal.wasm",
    got: cause instanceof Error ? cause.message.split("\n", 1)[0]! : String(cause),
    fix: "npm install @rdkit/rdkit; in a bundled page, say in the option `wasm` where RDKit_minimal.wasm is",
    cause,
  });
}

/** What was closed is asked. */
export function closed(): NextscaleError {
  return new NextscaleError({
    code: "engine-failure",
    where: "graphs/chemistry",
    expected: "an open chemistry",
    got: "one that is closed",
    fix: "open it again",
  });
}
