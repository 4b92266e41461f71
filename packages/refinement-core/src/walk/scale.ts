/**
 * One scale of a coarse-to-fine refinement. What a refinement is made of is in these three functions; where its codes
 * come from is a policy (see `walk`).
 *
 * `State` is what is known so far (an image of features, a latitude-longitude field, a graph), `Context` what it says
 * about this scale, `Data` what is encoded, `Value` what the codes of this scale stand for. All may be host values, or
 * tensors inside a trace.
 */
export interface Scale<Data, State, Context, Value> {
  /** What the coarser scales imply here: C of eq. 18, all that a Markov refiner sees. */
  context(state: State): Context;
  /** What the context misses of the data: eq. 14. */
  residual(data: Data, context: Context): Value;
  /** The state with this scale's value added: eq. 19. */
  refine(state: State, value: Value, context: Context): State;
}

/** Where a walk stands before the codes of a scale are known. */
export interface Step<Data, State, Context, Value> {
  /** 0 for the coarsest scale. */
  readonly index: number;
  readonly scale: Scale<Data, State, Context, Value>;
  readonly context: Context;
  /** State before this scale. */
  readonly state: State;
}

/** Codes of a scale and the value that they stand for. */
export interface Choice<Codes, Value> {
  readonly codes: Codes;
  readonly value: Value;
}

/** The codes that a choice has. */
export type CodesOf<C> = C extends { readonly codes: infer Codes } ? Codes : never;

/** What a walk yields at a scale: the choice, with whatever its policy adds to it, and the state after it. */
export type Visit<State, Context, C> = C & {
  readonly index: number;
  readonly context: Context;
  /** State after this scale. */
  readonly state: State;
};

/**
 * Something that is started once for each walk and then answers at each scale, coarse to fine. What it keeps between
 * scales (a prefix cache, an unquantised state) lives in its closure and dies with the walk.
 */
export type PerWalk<S, T> = () => (step: S) => T;
