import { diagnoseEngines, ENGINE_NAMES, type EngineReport } from "@nextscale/engine/node";
import { createProgress } from "@nextscale/refinement-core";
import type { Invocation } from "../invocation.js";
import { describeMachine, formatMachine } from "../machine.js";
import { formatTable, print, printJson } from "../output.js";

/** Options of `nextscale doctor`. */
export interface DoctorOptions {
  readonly json?: boolean;
}

/** Shows which engines load here, how fast each is, and what the others need. */
export async function doctor({ json }: DoctorOptions, { signal }: Invocation): Promise<void> {
  const machine = describeMachine();
  const progress = createProgress(process.stderr, { label: "trying", total: ENGINE_NAMES.length, unit: "engines" });
  const engines: EngineReport[] = [];
  try {
    for await (const report of diagnoseEngines()) {
      signal.throwIfAborted();
      progress.update(engines.push(report));
    }
  } finally {
    progress.close();
  }
  if (json) return printJson({ machine, engines });
  print(formatMachine(machine), "", formatTable([["engine", "version", "speed"], ...engines.flatMap(loadedRow)]));
  const missing = engines.filter((report) => !report.loads);
  if (missing.length > 0) print("", "Not available here:", ...missing.flatMap(explain));
  print("", "Speed is that of a 1024x1024x1024 float32 matrix product, arrays in and out included.");
}

function loadedRow(report: EngineReport): string[][] {
  return report.loads ? [[report.engine, report.version, formatRate(report.gflops)]] : [];
}

function explain(report: EngineReport): string[] {
  if (report.loads) return [];
  const fix = report.fix === null ? [] : [`    ${report.fix}`];
  return [`  ${report.engine}`, `    ${report.reason.split("\n", 1)[0]!}`, ...fix];
}

function formatRate(gflops: number): string {
  return `${gflops < 10 ? gflops.toFixed(2) : gflops.toFixed(0)} GFLOP/s`;
}
