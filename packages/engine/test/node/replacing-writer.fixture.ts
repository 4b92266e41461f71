/** Replaces the folder named on the command line for ever, with versions that can be told apart, until it is killed. */
import { replaceFolder } from "../../src/node/replace-folder.js";

const [folder, first] = process.argv.slice(2);
for (let version = Number(first); ; version++) {
  await replaceFolder(folder!, {
    "model.json": JSON.stringify({ version }),
    "weights.bin": new Uint8Array(200_000).fill(version % 251),
  });
  if (version === Number(first)) process.stdout.write("started\n");
}
