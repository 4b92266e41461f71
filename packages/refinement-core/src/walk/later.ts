/** What `next` makes of a value that may have to be waited for. */
export type Then<A, B> = A extends PromiseLike<unknown> ? Promise<Awaited<B>> : B;

/** Goes on with a value at once, or when it is there: lets a policy serve both `walk` and `walkAsync`. */
export function andThen<A, B>(value: A, next: (value: Awaited<A>) => B): Then<A, B> {
  return (isPromiseLike(value) ? value.then(next as (value: unknown) => B) : next(value as Awaited<A>)) as Then<A, B>;
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
