import { normals, randomStream } from "@nextscale/refinement-core";
import { gaussianGrid, seriesLayout, type DatasetDefinition, type FieldLayout } from "@nextscale/weather";
import { openDatasetWriter } from "@nextscale/weather/node";

const [ROWS, COLUMNS, WAVES] = [8, 16, 4];
const CELLS = ROWS * COLUMNS;

/** Two channels on 8 x 16 points. */
export const LAYOUT: FieldLayout = { grid: gaussianGrid(ROWS, COLUMNS), channels: ["z500", "t850"] };

const BEGIN = Date.UTC(2001, 0, 1);

/**
 * Writes weather of a kind, every 12 hours from 2001-01-01 unless told: waves that travel eastwards and are driven by noise.
 *
 * @param change changes the fields [time][latitude][longitude] of a channel before they are written
 */
export async function writeTinyWeather(
  path: string,
  seed: number,
  times: number,
  change: (channel: string, values: Float32Array) => Float32Array = (_, values) => values,
  layout: FieldLayout = LAYOUT,
  begin = BEGIN,
): Promise<void> {
  const hours = Array.from({ length: times }, (_, i) => begin + 12 * i * 3_600_000);
  const writer = await openDatasetWriter(path, seriesLayout(layout, hours));
  for (const [c, name] of layout.channels.entries()) {
    const values = travellingWaves(seed, c, times).map((value) => (c === 0 ? 50_000 + 500 * value : 250 + 3 * value));
    await writer.write(name, {}, change(name, values));
  }
  await writer.finish();
}

function travellingWaves(seed: number, channel: number, times: number): Float32Array {
  const draws = normals(randomStream(seed, `test/tiny-weather/${channel}`), { sites: times, draws: 2 * WAVES });
  const values = new Float32Array(times * CELLS);
  const state = new Float64Array(2 * WAVES);
  for (let time = 0; time < times; time++) {
    for (let i = 0; i < state.length; i += 2) {
      const angle = 0.4 + 0.1 * i;
      const [a, b] = [state[i]!, state[i + 1]!];
      state[i] = 0.95 * (a * Math.cos(angle) - b * Math.sin(angle)) + 0.3 * draws[time * state.length + i]!;
      state[i + 1] = 0.95 * (a * Math.sin(angle) + b * Math.cos(angle)) + 0.3 * draws[time * state.length + i + 1]!;
    }
    for (let cell = 0; cell < CELLS; cell++) {
      const shape = Math.cos((LAYOUT.grid.latitudes[Math.floor(cell / COLUMNS)]! * Math.PI) / 180);
      let value = 0;
      for (let wave = 1; wave <= WAVES; wave++) {
        const phase = (2 * Math.PI * wave * (cell % COLUMNS)) / COLUMNS;
        const i = 2 * (wave - 1);
        value += shape ** wave * (state[i]! * Math.cos(phase) + state[i + 1]! * Math.sin(phase));
      }
      values[time * CELLS + cell] = value;
    }
  }
  return values;
}

/** How a file of the same weather may be told differently. */
export interface Form {
  readonly calendar?: string;
  readonly units?: string;
  /** Latitudes from the north, longitudes from -180. */
  readonly turned?: boolean;
}

/** Writes the weather of a seed in another form. */
export async function writeInForm(path: string, seed: number, times: number, form: Form): Promise<void> {
  const hours = Array.from({ length: times }, (_, i) => BEGIN + 12 * i * 3_600_000);
  const definition = seriesLayout(LAYOUT, hours);
  const changed: DatasetDefinition = {
    ...definition,
    variables: definition.variables.map((variable) => {
      const { name, attributes, values } = variable;
      const { calendar, units, turned = false } = form;
      if (name === "time" && calendar !== undefined) return { ...variable, attributes: { ...attributes, calendar } };
      if (name === "z500" && units !== undefined) return { ...variable, attributes: { ...attributes, units } };
      if (name === "latitude" && turned) return { ...variable, values: Array.from(values!).toReversed() };
      if (name === "longitude" && turned) return { ...variable, values: Array.from(values!, (value) => value - 180) };
      return variable;
    }),
  };
  const writer = await openDatasetWriter(path, changed);
  for (const [c, name] of LAYOUT.channels.entries()) {
    const values = travellingWaves(seed, c, times).map((value) => (c === 0 ? 50_000 + 500 * value : 250 + 3 * value));
    const from = (at: number) => {
      const [row, column] = [Math.floor((at % CELLS) / COLUMNS), at % COLUMNS];
      return at - (at % CELLS) + (ROWS - 1 - row) * COLUMNS + ((column + COLUMNS / 2) % COLUMNS);
    };
    await writer.write(name, {}, form.turned ? values.map((_, at) => values[from(at)]!) : values);
  }
  await writer.finish();
}
