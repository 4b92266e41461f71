import type { Choice, PerWalk, Scale, Step, Visit } from "./scale.js";

/**
 * The one loop of the library: from the coarsest scale to the finest, choose codes, refine the state.
 *
 * Encoding, teacher forcing, sampling, scoring, self-correction and in-painting differ in `policy` alone, so they cannot
 * drift apart. Lazy: a consumer that stops early (a preview, a graph that is complete) does no further work, so `scales`
 * may be endless.
 *
 * @param start state before the coarsest scale: zeros, a condition, a graph of one node
 */
export function* walk<Data, State, Context, Value, Codes, C extends Choice<Codes, Value>>(
  scales: Iterable<Scale<Data, State, Context, Value>>,
  start: State,
  policy: PerWalk<Step<Data, State, Context, Value>, C>,
): Generator<Visit<State, Context, C>, void, undefined> {
  const choose = policy();
  let step: Step<Data, State, Context, Value> | undefined;
  let state = start;
  for (const scale of scales) {
    step = arrive(scale, step, state);
    const visit = leave(step, choose(step));
    state = visit.state;
    yield visit;
  }
}

/** The same walk for a policy that has to wait, such as one whose refiner runs on an engine between scales. */
export async function* walkAsync<Data, State, Context, Value, Codes, C extends Choice<Codes, Value>>(
  scales: Iterable<Scale<Data, State, Context, Value>>,
  start: State,
  policy: PerWalk<Step<Data, State, Context, Value>, C | PromiseLike<C>>,
): AsyncGenerator<Visit<State, Context, C>, void, undefined> {
  const choose = policy();
  let step: Step<Data, State, Context, Value> | undefined;
  let state = start;
  for (const scale of scales) {
    step = arrive(scale, step, state);
    const visit = leave(step, await choose(step));
    state = visit.state;
    yield visit;
  }
}

function arrive<Data, State, Context, Value>(
  scale: Scale<Data, State, Context, Value>,
  previous: Step<Data, State, Context, Value> | undefined,
  state: State,
): Step<Data, State, Context, Value> {
  return { index: previous === undefined ? 0 : previous.index + 1, scale, state, context: scale.context(state) };
}

function leave<Data, State, Context, Value, C extends { readonly value: Value }>(
  { index, scale, context, state }: Step<Data, State, Context, Value>,
  choice: C,
): Visit<State, Context, C> {
  return { ...choice, index, context, state: scale.refine(state, choice.value, context) };
}
