/** A field [channel][cell] as [cell][channel]. */
export function channelsLast(field: Float32Array, channels: number): Float32Array {
  const cells = field.length / channels;
  const out = new Float32Array(field.length);
  for (let channel = 0, from = 0; channel < channels; channel++) {
    for (let to = channel; to < out.length; to += channels) out[to] = field[from++]!;
  }
  return cells === field.length ? field.slice() : out;
}

/** A field [cell][channel] as [channel][cell]. */
export function channelsFirst(field: Float32Array, channels: number): Float32Array {
  return channelsLast(field, field.length / channels);
}
