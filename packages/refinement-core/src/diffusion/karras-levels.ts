/** Range of noise levels, in units of the data's standard deviation, and how they are spaced. */
export interface NoiseRange {
  readonly least: number;
  readonly most: number;
  /** 1 spaces them evenly; 7 is Karras et al.'s, with most of them near the least. */
  readonly rho: number;
}

/**
 * The noise level at a share of the way from the most (0) to the least (1): eq. 5 of Karras et al. 2022, "Elucidating the design
 * space of diffusion-based generative models".
 */
export function karrasLevel(share: number, { least, most, rho }: NoiseRange): number {
  const [from, to] = [most ** (1 / rho), least ** (1 / rho)];
  return (from + share * (to - from)) ** rho;
}
