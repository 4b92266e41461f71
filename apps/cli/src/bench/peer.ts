import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What PyTorch takes for the same steps, or why it was not asked. */
export type PeerResult =
  | {
      readonly torch: string;
      readonly threads: number;
      /** Median milliseconds of a step by network. */
      readonly milliseconds: Readonly<Record<string, number>>;
    }
  | { readonly skipped: string };

/** In the workspace only: the program as installed from npm has no Python in it. The same from sources and `dist`. */
const SCRIPT = fileURLToPath(new URL("../../../../tools/peers/bench_torch.py", import.meta.url));

/** Runs the networks of the benchmark in PyTorch, where there is one. */
export async function timePeer(threads: number, repeats: number, signal: AbortSignal): Promise<PeerResult> {
  if (!existsSync(SCRIPT)) return { skipped: "PyTorch is compared only in a clone of the workspace" };
  const python = process.env["NEXTSCALE_PYTHON"] ?? "python3";
  const args = [SCRIPT, "--threads", String(threads), "--repeats", String(repeats)];
  const { status, stdout, stderr } = await run(python, args, signal);
  signal.throwIfAborted();
  if (status === 0) return JSON.parse(stdout) as PeerResult;
  if (/No module named '?torch/.test(stderr)) {
    return { skipped: `${python} has no torch; NEXTSCALE_PYTHON can name another interpreter` };
  }
  return { skipped: `${python} failed: ${stderr.trim().split("\n").at(-1) ?? ""}` };
}

interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], signal: AbortSignal): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], signal });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", (error) => resolve({ status: null, stdout, stderr: error.message }));
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}
