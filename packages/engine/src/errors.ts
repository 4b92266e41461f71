/**
 * Every failure a caller can meet, as one tagged class.
 *
 * A message always reads: where, what was expected, what came, what to do. The parts stay available as data, so a
 * program can branch on `code` and a person can read `message`.
 */
export type ErrorCode =
  /** A traced function read a value or branched on one. */
  | "traced-value-read"
  /** A tfjs kernel that the tracer has no translation for. */
  | "unsupported-kernel"
  /** A gradient was asked through an operation that has none. */
  | "no-gradient"
  /** Shapes or dtypes that do not fit together. */
  | "shape"
  /** An option or argument outside its range. */
  | "invalid-argument"
  /** An execution engine that is not installed or does not load here. */
  | "engine-unavailable"
  /** The engine ran and failed. */
  | "engine-failure"
  /** A file that is missing, truncated, or not what its format promises. */
  | "invalid-file"
  /** Content that parses but cannot be right: NaN weights, wrong hash, missing tensor. */
  | "invalid-data"
  /** A file or folder that cannot be written: permissions, disk full. */
  | "unwritable"
  /** A data set that is not on this machine. */
  | "missing-data"
  /** Interrupted by the user; the state on disk can be resumed. */
  | "interrupted";

/** The parts of an error message. All but `code` are sentences' parts a person reads. */
export interface ErrorParts {
  readonly code: ErrorCode;
  /** Package and function or file: `engine/safetensors`. */
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  /** What to do about it. */
  readonly fix?: string;
  readonly cause?: unknown;
}

/** Longer ones are cut in a message: what came may be a whole file. */
const MOST_GOT = 500;

/** What came, for a message. It may be an empty text, which one must see. */
function shownGot(got: string): string {
  if (got === "") return '""';
  return got.length > MOST_GOT ? `${got.slice(0, MOST_GOT)}…` : got;
}

/**
 * A text with its control characters as `\xNN`. Names in files and of files end up in messages, and a terminal obeys what
 * it is sent: colours at best, a line that hides another at worst. Only line ends stay.
 */
function withoutControls(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** The one error class of all nextscale packages. Its message can be shown anywhere; the parts are as they came. */
export class NextscaleError extends Error {
  override readonly name = "NextscaleError";
  readonly code: ErrorCode;
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  readonly fix: string | undefined;

  constructor(parts: ErrorParts) {
    const fix = parts.fix === undefined ? "" : `; ${parts.fix}`;
    super(
      withoutControls(`${parts.where}: expected ${parts.expected}, got ${shownGot(parts.got)}${fix}`),
      parts.cause === undefined ? undefined : { cause: parts.cause },
    );
    this.code = parts.code;
    this.where = parts.where;
    this.expected = parts.expected;
    this.got = parts.got;
    this.fix = parts.fix;
  }
}

/** True for a nextscale error, of the given code when one is named. */
export function isNextscaleError(error: unknown, code?: ErrorCode): error is NextscaleError {
  return error instanceof NextscaleError && (code === undefined || error.code === code);
}
