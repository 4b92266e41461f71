import { NextscaleError } from "@nextscale/engine";
import type { Attributes, Dataset, Slice, Variable } from "../data/dataset.js";
import { findChannels, requireChannels } from "../data/find-channels.js";
import { gridOf, readFields } from "../data/grid-of.js";
import { decodeDurations, decodeTimes } from "../data/time.js";
import type { FieldLayout } from "../verification/case.js";

/** Ensemble forecasts in a data set, read lead by lead. */
export interface ForecastFile {
  readonly layout: FieldLayout;
  /** Starts of the forecasts, milliseconds since 1970-01-01 UTC. */
  readonly starts: Float64Array;
  /** Hours from the start, ascending as in the file. */
  readonly leadHours: readonly number[];
  readonly members: number;
  readonly attributes: Attributes;
  /** The members of a start at a lead, by their positions, each [channel][latitude][longitude]. */
  read(start: number, lead: number): Promise<readonly Float32Array[]>;
}

const WHERE = "weather/openForecast";

/** How a dimension is known. */
interface Sign {
  readonly standard: string;
  readonly names: readonly string[];
}

const MEMBER: Sign = { standard: "realization", names: ["realization", "number", "member", "ensemble"] };
const LEAD: Sign = { standard: "forecast_period", names: ["lead_time", "prediction_timedelta", "step"] };
const START: Sign = {
  standard: "forecast_reference_time",
  names: ["forecast_reference_time", "init_time", "time"],
};

/**
 * Opens ensemble forecasts: a CF file with members and lead times, such as `cfEnsembleLayout` describes, or a store laid out as in
 * WeatherBench 2, with one start or several.
 *
 * @throws NextscaleError `missing-data` without a dimension of members or of lead times, a start, or a variable that has them;
 *   `invalid-data` for times or units that are not understood; as `gridOf`
 */
export async function openForecast(dataset: Dataset): Promise<ForecastFile> {
  const member = dimensionOf(dataset, MEMBER, "members");
  const lead = dimensionOf(dataset, LEAD, "lead times");
  const start = startOf(dataset);
  const placement = await gridOf(dataset);
  const leading = [...(start.dimensions.length === 0 ? [] : start.dimensions), member.name, lead.name];
  const found = await findChannels(dataset, placement, leading);
  const channels = [...found.keys()];
  if (channels.length === 0) throw missing(`a variable with ${leading.join(", ")} and the grid`, dataset);
  const sources = requireChannels(WHERE, found, channels);
  const { units, calendar } = start.attributes;
  const starts = decodeTimes(await start.read(), String(units), typeof calendar === "string" ? calendar : undefined);
  const leads = decodeDurations(await lead.read(), String(lead.attributes["units"]));
  const members = dataset.dimensions.get(member.name)!;
  const cells = placement.grid.latitudes.length * placement.grid.longitudes.length;
  return {
    layout: { grid: placement.grid, channels },
    starts: starts.map(Math.round),
    leadHours: Array.from(leads),
    members,
    attributes: dataset.attributes,
    async read(startAt, leadAt) {
      const fields = Array.from({ length: members }, () => new Float32Array(channels.length * cells));
      const at: Slice = { [lead.name]: leadAt, ...Object.fromEntries(start.dimensions.map((name) => [name, startAt])) };
      for (const [c, { variable, slice }] of sources.entries()) {
        const order = [...leading.filter((name) => name !== member.name), ...Object.keys(slice), member.name];
        const { values } = await readFields(variable, placement, { ...at, ...slice }, order);
        fields.forEach((field, m) => field.set(values.subarray(m * cells, (m + 1) * cells), c * cells));
      }
      return fields;
    },
  };
}

function dimensionOf(dataset: Dataset, sign: Sign, what: string): Variable {
  const found = knownAs(sign, [...dataset.coordinates.values()]);
  if (found !== undefined) return found;
  throw missing(`a coordinate of ${what} (${sign.standard})`, dataset);
}

/** The start, a number, or the coordinate of several. */
function startOf(dataset: Dataset): Variable {
  const all = [...dataset.variables.values()];
  const scalars = all.filter(({ dimensions }) => dimensions.length === 0);
  const found = knownAs(START, [...scalars, ...dataset.coordinates.values()]);
  if (found !== undefined) return found;
  throw missing(`the start of the forecast (${START.standard})`, dataset);
}

function knownAs({ standard, names }: Sign, variables: readonly Variable[]): Variable | undefined {
  return (
    variables.find(({ attributes }) => attributes["standard_name"] === standard) ??
    variables.find(({ name }) => names.includes(name))
  );
}

function missing(expected: string, dataset: Dataset): NextscaleError {
  const variables = [...dataset.variables.values()].map(({ name, dimensions }) => `${name}(${dimensions.join(", ")})`);
  return new NextscaleError({
    code: "missing-data",
    where: WHERE,
    expected,
    got: variables.join(", ") || "no variables",
    fix: "name a forecast that nextscale weather forecast wrote, or one in the form of CF or WeatherBench 2",
  });
}
