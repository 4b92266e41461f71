import { arch, availableParallelism, cpus, platform, totalmem } from "node:os";
import { VERSION } from "./versions.js";

/** Where something was measured. */
export interface Machine {
  readonly processor: string;
  /** Processors this process may use. */
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly node: string;
  readonly nextscale: string;
}

/** Facts of this machine. */
export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round((10 * totalmem()) / 2 ** 30) / 10,
    platform: `${platform()} ${arch()}`,
    node: process.versions.node,
    nextscale: VERSION,
  };
}

/** The same facts in one line. */
export function formatMachine({ processor, cores, memoryGiB, platform, node, nextscale }: Machine): string {
  const unit = cores === 1 ? "core" : "cores";
  return `${processor}, ${cores} ${unit}, ${memoryGiB} GiB, ${platform}, Node ${node}, nextscale ${nextscale}`;
}
