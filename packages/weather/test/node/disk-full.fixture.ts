/** Writes 400 kB of one variable to each path on the command line, and prints for each the error's code and message. */
import { isNextscaleError } from "@nextscale/engine";
import { openDatasetWriter } from "../../src/node/dataset-file.js";

const count = 100_000;
for (const path of process.argv.slice(2)) {
  try {
    const writer = await openDatasetWriter(path, {
      dimensions: { x: count },
      attributes: {},
      variables: [{ name: "a", type: "float", dimensions: ["x"], attributes: {} }],
    });
    await writer.write("a", {}, new Float32Array(count).fill(1));
    await writer.finish();
    console.log("written");
  } catch (error) {
    if (!isNextscaleError(error)) throw error;
    console.log(`${error.code}: ${error.message}`);
  }
}
