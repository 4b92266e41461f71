let table = new Float64Array(2);

/** ln k! for k from 0 to `most`, or beyond: what was computed once is kept. */
export function logFactorialsUpTo(most: number): Float64Array {
  if (table.length > most) return table;
  const logs = new Float64Array(Math.max(most + 1, 2 * table.length));
  logs.set(table);
  for (let k = table.length; k < logs.length; k++) logs[k] = logs[k - 1]! + Math.log(k);
  return (table = logs);
}
