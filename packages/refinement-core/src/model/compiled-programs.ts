import { NextscaleError, type Engine, type Executable, type NamedArrays, type Program } from "@nextscale/engine";

/** Programs of a model, compiled with its weights when they are first needed. */
export interface CompiledPrograms {
  /**
   * Makes a call of the model, which may run any number of programs; closing waits for its end.
   *
   * @throws NextscaleError `invalid-argument` after `close`; what the call throws
   */
  call<Result>(work: () => Promise<Result>): Promise<Result>;
  /**
   * Runs a program, within a call.
   *
   * @param key what tells it from the model's other programs
   * @param build traces it, unless that was done before
   * @throws NextscaleError `engine-failure`
   */
  run(key: string, build: () => Program, inputs: NamedArrays): Promise<NamedArrays>;
  /** Refuses further calls, waits for those in progress, and frees all programs. Every call returns when that is done. */
  close(): Promise<void>;
}

/**
 * Programs of one model that are compiled when they are first asked for.
 *
 * @param weights by name; each program gets those among its inputs as constants
 * @param options.where shown in errors
 * @param options.afterwards what else is to be freed when all programs are
 */
export function compiledPrograms(
  engine: Engine,
  weights: NamedArrays,
  options: { readonly where: string; readonly afterwards?: () => Promise<void> },
): CompiledPrograms {
  const compiled = new Map<string, Promise<Executable>>();
  const calls = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  const compile = (key: string, build: () => Program): Promise<Executable> => {
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const program = build();
    const names = program.inputs.map(({ name }) => name).filter((name) => Object.hasOwn(weights, name));
    const constants = Object.fromEntries(names.map((name) => [name, weights[name]!]));
    const ready = engine.compile(program, { constants });
    compiled.set(key, ready);
    // What failed once, for want of memory perhaps, may be tried again.
    ready.catch(() => compiled.delete(key));
    return ready;
  };

  const free = async (): Promise<void> => {
    await Promise.allSettled(calls);
    const all = await Promise.allSettled(compiled.values());
    compiled.clear();
    for (const result of all) if (result.status === "fulfilled") await result.value.close();
    await options.afterwards?.();
  };

  return {
    async call(work) {
      if (closing !== undefined) {
        throw new NextscaleError({
          code: "invalid-argument",
          where: options.where,
          expected: "an open model",
          got: "one that was closed",
          fix: "load it again",
        });
      }
      const running = work();
      calls.add(running);
      try {
        return await running;
      } finally {
        calls.delete(running);
      }
    },
    run: async (key, build, inputs) => (await compile(key, build)).run(inputs),
    close: () => (closing ??= free()),
  };
}
