import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll } from "vitest";

/** Runs the tests of a file eagerly on the plain JavaScript backend. */
export function onCpu(): void {
  beforeAll(async () => {
    tf.enableProdMode();
    await tf.setBackend("cpu");
  });
}
