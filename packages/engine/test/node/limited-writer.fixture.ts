/** Writes 1 MB to the file, or into the folder, named on the command line, and prints the error's code and message. */
import type { NextscaleError } from "../../src/errors.js";
import { writeFileAtomic } from "../../src/node/atomic-write.js";
import { replaceFolder } from "../../src/node/replace-folder.js";

const [kind, path] = process.argv.slice(2);
const content = new Uint8Array(1_000_000).fill(1);
const written = kind === "file" ? writeFileAtomic(path!, content) : replaceFolder(path!, { "weights.bin": content });
await written.catch((error: NextscaleError) => console.log(`${error.code}: ${error.message}`));
