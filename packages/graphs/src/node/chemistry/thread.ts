import { parentPort, workerData } from "node:worker_threads";
import type { Outcome } from "../../molecule/rdkit/question.js";
import { RdkitSession } from "../../molecule/rdkit/session.js";
import type { ChemistryAnswer, ChemistryRequest, ThreadSetup } from "./protocol.js";

/*
 * The file a thread of RDKit starts with: answers requests one after the other, and counts in shared memory which text it is at,
 * so that the one at which it stops is known. It and what it imports may not import packages of ours, which in a test are not
 * built.
 */

/** Begins to answer. */
export function start(): void {
  if (parentPort === null) throw new Error("internal: this file is the start of a thread");
  const port = parentPort;
  const post = (message: ChemistryAnswer) => port.postMessage(message);
  const { begun } = workerData as ThreadSetup;
  const serve = (session: RdkitSession) => {
    port.on("message", ({ question, texts }: ChemistryRequest) => {
      void (async () => {
        const outcomes: Outcome<unknown>[] = [];
        for (const text of texts) {
          Atomics.add(begun, 0, 1);
          outcomes.push(await session.answer(question, text));
        }
        post({ outcomes });
      })();
    });
    post({ version: session.version });
  };
  RdkitSession.open().then(serve, (error: unknown) =>
    post({ unavailable: error instanceof Error ? error.message : String(error) }),
  );
}
