import { NextscaleError, type Engine, type Executable, type NamedArrays, type Program } from "@nextscale/engine";

/** Programs of a model, compiled with its weights when they are first needed. */
export interface CompiledPrograms {
  /**
   * Runs a program.
   *
   * @param key what tells it from the model's other programs
   * @param build traces it, unless that was done before
   * @throws NextscaleError `invalid-argument` after `close`, `engine-failure`
   */
  run(key: string, build: () => Program, inputs: NamedArrays): Promise<NamedArrays>;
  /** Frees all programs after the runs in progress. Idempotent. */
  close(): Promise<void>;
}

/** @param weights by name; each program gets those among its inputs as constants */
export function compiledPrograms(engine: Engine, weights: NamedArrays): CompiledPrograms {
  const compiled = new Map<string, Promise<Executable>>();
  let closed = false;

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

  return {
    async run(key, build, inputs) {
      if (closed) {
        throw new NextscaleError({
          code: "invalid-argument",
          where: "images/model",
          expected: "an open model",
          got: "one that was closed",
          fix: "load it again",
        });
      }
      return (await compile(key, build)).run(inputs);
    },
    async close() {
      closed = true;
      const all = await Promise.allSettled(compiled.values());
      compiled.clear();
      for (const result of all) if (result.status === "fulfilled") await result.value.close();
    },
  };
}
