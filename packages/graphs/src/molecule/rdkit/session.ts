import type { Log, MainModule } from "@rdkit/rdkit";
import { answer } from "./answer.js";
import { without, type Outcome, type Question } from "./question.js";

/** Where RDKit's WebAssembly is: its bytes, or the address of `RDKit_minimal.wasm`. */
export type WasmSource = Uint8Array | string;

/** What is used of the global of this name, which the compiler knows only in pages. */
interface WebAssemblyFunctions {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<object>;
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyFunctions };

type OpenModule = (options: object) => Promise<MainModule>;

/**
 * An instance of RDKit that is replaced whenever it fails. After a failure of its memory or its stack an instance answers
 * nothing any more (rdkit #9115), and one whose call was cut short by an exception of its own is not trusted either.
 */
export class RdkitSession {
  readonly #open: () => Promise<MainModule>;
  #rdkit: MainModule;
  #log: Log | null;

  private constructor(open: () => Promise<MainModule>, rdkit: MainModule) {
    this.#open = open;
    this.#rdkit = rdkit;
    this.#log = rdkit.set_log_capture("rdApp.error");
  }

  /** @throws what loading it throws. @param wasm default: where the package's own loader looks, beside itself */
  static async open(wasm?: WasmSource): Promise<RdkitSession> {
    const loaded = (await import("@rdkit/rdkit")) as unknown as { default: OpenModule | { default: OpenModule } };
    const factory = typeof loaded.default === "function" ? loaded.default : loaded.default.default;
    const open = opener(factory, typeof wasm === "object" ? await WebAssembly.compile(wasm) : wasm);
    return new RdkitSession(open, await open());
  }

  /** RDKit's version. */
  get version(): string {
    return this.#rdkit.version();
  }

  /** What is known of one text. @throws what loading RDKit again throws */
  async answer(question: Question, text: string): Promise<Outcome<unknown>> {
    try {
      return answer(this.#rdkit, question, text, () => this.#lastError());
    } catch (error) {
      this.#rdkit = await this.#open();
      this.#log = this.#rdkit.set_log_capture("rdApp.error");
      return without("failed", `RDKit stopped: ${nameOf(error)}`);
    }
  }

  /** The first line of what RDKit said since this was last asked, without the time of day. */
  #lastError(): string {
    const text = this.#log?.get_buffer() ?? "";
    this.#log?.clear_buffer();
    const [line = ""] = text.split("\n", 1);
    return line.replace(/^\[[0-9:]+\] /, "").slice(0, 200) || "no reason given";
  }
}

/** Opens instances, of WebAssembly that was compiled once or from an address; quietly: what they print is in their log too. */
function opener(factory: OpenModule, wasm: object | string | undefined): () => Promise<MainModule> {
  const quiet = { print: () => undefined, printErr: () => undefined };
  // Each gets an object of its own, which it becomes.
  if (wasm === undefined) return () => factory({ ...quiet });
  if (typeof wasm === "string") return () => factory({ ...quiet, locateFile: () => wasm });
  return () =>
    new Promise<MainModule>((resolve, reject) => {
      // The package's own promise stays open for ever when this fails.
      const instantiateWasm = (imports: object, done: (instance: object) => void) => {
        WebAssembly.instantiate(wasm, imports).then(done).catch(reject);
      };
      factory({ ...quiet, instantiateWasm }).then(resolve, reject);
    });
}

/** What was thrown, in words; exceptions of C++ arrive without any. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : "an exception";
}
