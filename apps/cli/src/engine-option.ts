import { NextscaleError } from "@nextscale/engine";
import { ENGINE_NAMES, type EngineName } from "@nextscale/engine/node";

/**
 * `--engine` as an option of what opens engines: nothing when it was not given.
 *
 * @throws NextscaleError `invalid-argument` for an unknown name
 */
export function engineOption(name: string | undefined): { readonly engine?: EngineName } {
  if (name === undefined) return {};
  const engine = ENGINE_NAMES.find((known) => known === name);
  if (engine !== undefined) return { engine };
  throw new NextscaleError({
    code: "invalid-argument",
    where: "--engine",
    expected: `one of ${ENGINE_NAMES.join(", ")}`,
    got: name,
    fix: "see which of them load here with: nextscale doctor",
  });
}
