import { normals, randomStream, sha256 } from "@nextscale/refinement-core";
import type { WeatherPreset } from "../../src/config/config.js";
import { gaussianGrid } from "../../src/grid/grid.js";
import type { FieldSeries } from "../../src/training/field-series.js";

/** Sizes small enough to be trained in a second. */
export const TINY: WeatherPreset = {
  model: {
    anchor: { kind: "ridge", rows: 3, columns: 3 },
    truncation: 5,
    pyramid: { factors: [2, 2], baseSide: 1, expansion: "bilinear" },
    head: { kind: "categorical", quantiser: { kind: "transform", step: 0.5 }, passes: [1, 1, 2] },
    network: {
      width: 16,
      heads: 2,
      encoderBlocks: 1,
      scaleBlocks: 1,
      windowColumns: 4,
      encoderSide: 2,
    },
  },
  training: {
    steps: 12,
    batchSize: 4,
    learningRate: 3e-3,
    weightDecay: 1e-4,
    corruption: 0.1,
    inputNoise: 0.05,
    pushforward: 0,
  },
};

const [ROWS, COLUMNS] = [8, 16];
const HOUR = 3_600_000;

/**
 * Weather of a kind on 8 x 16 points: waves of two channels that travel eastwards and are driven by noise, in units of no
 * channel's own size.
 */
export async function tinySeries(seed: number, count: number, year = 2001): Promise<FieldSeries> {
  const grid = gaussianGrid(ROWS, COLUMNS);
  const waves = 4;
  const draws = normals(randomStream(seed, "test/tiny-series"), { sites: count, draws: 4 * waves });
  const state = new Float64Array(4 * waves);
  const fields = new Float32Array(count * ROWS * COLUMNS * 2);
  let at = 0;
  for (let time = 0; time < count; time++) {
    for (let i = 0; i < state.length; i += 2) {
      // A wave turns by its own angle in a step, is damped, and gets something new.
      const angle = 0.4 + 0.1 * i;
      const [a, b] = [state[i]!, state[i + 1]!];
      state[i] = 0.95 * (a * Math.cos(angle) - b * Math.sin(angle)) + 0.3 * draws[time * state.length + i]!;
      state[i + 1] = 0.95 * (a * Math.sin(angle) + b * Math.cos(angle)) + 0.3 * draws[time * state.length + i + 1]!;
    }
    for (let row = 0; row < ROWS; row++) {
      const shape = Math.cos((grid.latitudes[row]! * Math.PI) / 180);
      for (let column = 0; column < COLUMNS; column++) {
        for (const channel of [0, 1]) {
          let value = 0;
          for (let wave = 1; wave <= waves; wave++) {
            const phase = (2 * Math.PI * wave * column) / COLUMNS;
            const i = 4 * (wave - 1) + 2 * channel;
            value += shape ** wave * (state[i]! * Math.cos(phase) + state[i + 1]! * Math.sin(phase));
          }
          fields[at++] = channel === 0 ? 50_000 + 500 * value : 250 + 3 * value;
        }
      }
    }
  }
  return {
    name: "tiny",
    hash: await sha256(new Uint8Array(fields.buffer)),
    layout: { grid, channels: ["z500", "t850"] },
    stepHours: 12,
    times: Float64Array.from({ length: count }, (_, i) => Date.UTC(year, 0, 1) + 12 * i * HOUR),
    fields,
    statics: new Float32Array(0),
  };
}
