/** Height and width of a grid. */
type Size = readonly [height: number, width: number];

/** Grid sizes of the network: two halvings, then one site less on every side. 28x28 images have 5x5 latents. */
export function autoencoderSizes({ height, width }: { readonly height: number; readonly width: number }): {
  readonly image: Size;
  readonly half: Size;
  readonly quarter: Size;
  readonly latent: Size;
} {
  const halve = ([h, w]: Size): Size => [Math.ceil(h / 2), Math.ceil(w / 2)];
  const half = halve([height, width]);
  const quarter = halve(half);
  return { image: [height, width], half, quarter, latent: [quarter[0] - 2, quarter[1] - 2] };
}
