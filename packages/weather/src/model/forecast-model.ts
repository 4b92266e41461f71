import type { WeatherModelConfig } from "../config/config.js";
import type { FieldLayout } from "../verification/case.js";

/** The two analyses that a forecast starts from, each [channel][latitude][longitude] in the channels' units. */
export interface InitialState {
  /** Time of `current`, milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  /** A step before. */
  readonly previous: Float32Array;
  readonly current: Float32Array;
}

/** What to forecast. */
export interface ForecastRequest {
  readonly initial: InitialState;
  /** Steps of the model's `stepHours`. */
  readonly steps: number;
  /** Default 16. */
  readonly members?: number;
  /** Number of the first member: a member is the same alone, among others or in a shard. Default 0. */
  readonly firstMember?: number;
  /** Default 0. */
  readonly seed?: number | bigint;
  /**
   * What members are spread by at each scale, coarsest first, or at all: below 1 they lie closer together. It divides logits,
   * and multiplies deviations and noise. Default: what was fitted
   * on the model's validation data.
   */
  readonly sharpness?: number | readonly number[];
  readonly signal?: AbortSignal;
}

/** A step of an ensemble. */
export interface ForecastStep {
  /** Counted from 1. */
  readonly step: number;
  readonly leadHours: number;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly validTime: number;
  /** [member][channel][latitude][longitude], in the channels' units. A new array in each step. */
  readonly fields: Float32Array;
  /** For each member the first step at which it left what the climate allows, 0 while it has not; see `isUnstable`. */
  readonly unstableSince: Int32Array;
}

/** Exact likelihood of what was observed. */
export interface StepLikelihood {
  /** -ln p of the codes of each scale, in nats, coarsest first. */
  readonly nats: Float64Array;
  /** The same of all scales together, in bits a cell and channel. */
  readonly bitsPerValue: number;
  /**
   * What the codes stand for, [channel][latitude][longitude] in the channels' units. How far it is from what was observed is the
   * least error that a forecast could have.
   */
  readonly reconstruction: Float32Array;
}

/** A trained forecast model. Calls may overlap; the runs of their programs take turns. */
export interface ForecastModel {
  readonly config: WeatherModelConfig;
  readonly layout: FieldLayout;
  /** SHA-256 of configuration and weights, for receipts. */
  readonly hash: string;
  readonly trainedOn: { readonly name: string; readonly sha256: string };
  readonly seed: number;
  readonly engine: string;
  /** Passes through the network for a step of a member: the encoder's, and those over the scales. */
  readonly networkEvaluations: number;
  /**
   * An ensemble, step by step; nothing of earlier steps is kept.
   *
   * @throws NextscaleError `invalid-argument` for an option out of range, `shape` for a state of another size, `invalid-data`
   *   for one with values that are no numbers or far from the model's climate, `interrupted` when the signal aborts
   */
  forecast(request: ForecastRequest): AsyncGenerator<ForecastStep, void, undefined>;
  /**
   * What the model thinks of an observed step: the exact likelihood of its codes.
   *
   * @param next the analysis a step after `initial.current`
   * @throws NextscaleError as `forecast`; `invalid-argument` for a model whose head has no codes
   */
  score(initial: InitialState, next: Float32Array): Promise<StepLikelihood>;
  /** Refuses further calls, waits for those in progress, and frees the programs, and the engine if it is the model's own. */
  close(): Promise<void>;
}
