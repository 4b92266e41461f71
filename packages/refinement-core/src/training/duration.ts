/**
 * A duration as a person says it: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`, `3 d 04 h`.
 *
 * @param ms milliseconds; what is not finite reads `?`
 */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return "?";
  if (ms < 9_950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return pair(seconds, 60, "min", "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return pair(minutes, 60, "h", "min");
  return pair(Math.round(minutes / 60), 24, "d", "h");
}

function pair(count: number, perLarge: number, large: string, small: string): string {
  return `${Math.floor(count / perLarge)} ${large} ${String(count % perLarge).padStart(2, "0")} ${small}`;
}
