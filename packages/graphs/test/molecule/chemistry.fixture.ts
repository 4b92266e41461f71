import { chemistryOn } from "../../src/molecule/chemistry-on.js";
import type { Chemistry } from "../../src/molecule/chemistry.js";
import type { Executor } from "../../src/molecule/executor.js";
import { executorHere } from "../../src/molecule/open-chemistry.js";

let executor: Promise<Executor> | undefined;

/** RDKit in this process, which its test files share: every instance compiles seven megabytes and starts slowly. */
export function sharedExecutor(): Promise<Executor> {
  return (executor ??= executorHere());
}

/** Chemistry on it. Not to be closed. */
export async function sharedChemistry(): Promise<Chemistry> {
  return chemistryOn(await sharedExecutor());
}
