import { Option, type Command } from "commander";
import { command, engineOption, examples } from "./command-tree.js";
import type { EvaluateWeatherOptions } from "./commands/weather-evaluate.js";
import type { ForecastWeatherOptions } from "./commands/weather-forecast.js";
import type { IngestWeatherOptions } from "./commands/weather-ingest.js";
import type { PlotWeatherOptions } from "./commands/weather-plot.js";
import type { SimulateWeatherOptions } from "./commands/weather-simulate.js";
import type { TrainWeatherOptions } from "./commands/weather-train.js";
import type { VerifyWeatherOptions } from "./commands/weather-verify.js";
import type { Invocation } from "./invocation.js";
import { decimal, gridSize, integer, isoTime, names, point, positiveNumbers, shard, years } from "./options.js";

/** What a file of analyses may be, for help. */
const DATA =
  "NetCDF, Zarr as a folder or an address of http, https or gs, or such files of a channel each: msl=a.nc,z500=b.nc";

/** Formats of data sets that are written, for help. */
const FORMATS = "FILE.nc (NetCDF-3), FILE.nc4 (NetCDF-4) or FOLDER.zarr";

/** The commands of `nextscale weather`. */
export function addWeather(weather: Command, invocation: Invocation): void {
  examples(weather, [
    "nextscale weather simulate --years 2 --out sim.nc",
    "nextscale weather train --preset sim --out my-model",
    "nextscale weather forecast --model my-model --members 16 --days 10 --out forecast.nc",
    "nextscale weather verify forecast.nc --truth sim.nc",
    "nextscale weather plot forecast.nc --out pictures/",
  ]);
  addSimulate(weather, invocation);
  addTrain(weather, invocation);
  addForecast(weather, invocation);
  addVerify(weather, invocation);
  addEvaluate(weather, invocation);
  addPlot(weather, invocation);
  addIngest(weather, invocation);
}

function addSimulate(weather: Command, invocation: Invocation): void {
  examples(
    command(weather, "simulate")
      .description("run the embedded simulator: z500, t350 and t650 on the globe, 64 x 32 points, from 2001-01-15 on")
      .addOption(
        new Option("--years <n>", "length (default: 1)").argParser(decimal(0, { maximum: 1000 })).conflicts("days"),
      )
      .option("--days <n>", "length in days", decimal(0, { maximum: 365_000 }))
      .option("--seed <n>", "seed of the run", integer(0), 1)
      .option("--step <hours>", "hours between fields", integer(1, 24), 12)
      .option("--spin-up <days>", "days that are simulated first and not written", integer(0, 10_000), 200)
      .requiredOption("--out <file>", FORMATS)
      .option("--json", "print one JSON object")
      .action(async (options: SimulateWeatherOptions) =>
        (await import("./commands/weather-simulate.js")).simulateWeather(options, invocation),
      ),
    [
      "nextscale weather simulate --years 2 --seed 1 --out sim.nc",
      "nextscale weather simulate --days 30 --seed 12 --step 6 --out month.zarr",
    ],
  );
}

function addTrain(weather: Command, invocation: Invocation): void {
  examples(
    command(weather, "train")
      .description("train a forecast model; Ctrl-C saves, --resume goes on to the same weights, bit for bit")
      .requiredOption(
        "--preset <name>",
        "what to train: sim; the same network with another head, sim-single-scale, sim-vectors, sim-gaussian, " +
          "sim-diffusion or sim-one-pass; eraint, western Europe from reanalysis; or tiny, which learns next to nothing in seconds",
      )
      .option(
        "--data <file>",
        `what to train on: ${DATA} (default: runs of the simulator; for eraint its files in NEXTSCALE_DATA)`,
      )
      .option(
        "--validation <file>",
        "what the sharpness is fitted on (default: another run or year, or nothing with files of your own)",
      )
      .requiredOption("--out <folder>", "folder of the model")
      .option("--seed <n>", "seed of all randomness", integer(0), 0)
      .option("--steps <n>", "training steps (default: the preset's)", integer(1, 10_000_000))
      .addOption(engineOption())
      .option("--resume", "go on from what --out holds")
      .option("--json", "print one JSON object at the end")
      .action(async (options: TrainWeatherOptions) =>
        (await import("./commands/weather-train.js")).trainWeather(options, invocation),
      ),
    [
      "nextscale weather train --preset sim --out my-model",
      "nextscale weather train --preset sim --out my-model --resume",
      "nextscale weather train --preset sim-diffusion --steps 1500 --out my-diffusion",
      "nextscale weather train --preset eraint --data folder-with-its-files --out europe",
      "nextscale weather train --preset sim --data era5.zarr --validation era5-2019.zarr --out era5-model",
    ],
  );
}

function addForecast(weather: Command, invocation: Invocation): void {
  examples(
    command(weather, "forecast")
      .description("forecast an ensemble into a file; a member of a seed is always the same, alone or among others")
      .addOption(modelOption())
      .option(
        "--init <file>",
        `two analyses to start from: ${DATA} (default, for a model of the simulator: its test run)`,
      )
      .option(
        "--init-time <time>",
        "when to start, ISO 8601, UTC (default: the last time that has a predecessor)",
        isoTime,
      )
      .option("--members <n>", "size of the ensemble", integer(1, 1_000_000), 16)
      .option("--days <n>", "length", decimal(0, { inclusive: false, maximum: 36_500 }), 10)
      .option("--seed <n>", "seed of all randomness", integer(0), 1)
      .option("--shard <i/n>", "only part i (from 0) of n equal parts of the members", shard)
      .option(
        "--sharpness <s>",
        "how far members spread, one number or one for each scale; below 1 they lie closer together (default: the model's)",
        positiveNumbers,
      )
      .addOption(engineOption())
      .requiredOption("--out <file>", FORMATS)
      .option("--json", "print one JSON object")
      .addHelpText(
        "after",
        "\nWithout --init the start comes from the simulator's run of seed 12, which no model is trained on; its first\ntime with a predecessor is taken, and a later one takes as long as it takes to simulate.",
      )
      .action(async (options: ForecastWeatherOptions) =>
        (await import("./commands/weather-forecast.js")).forecastWeather(options, invocation),
      ),
    [
      "nextscale weather forecast --model my-model --out forecast.nc",
      "nextscale weather forecast --model my-model --init sim.nc --init-time 2001-03-01T12:00 --members 50 --out f.zarr",
      "nextscale weather forecast --model my-model --members 1000 --shard 2/8 --out part-2.nc4",
    ],
  );
}

function addVerify(weather: Command, invocation: Invocation): void {
  examples(
    command(weather, "verify")
      .description("score a forecast by lead and channel: fair CRPS, RMSE, bias, spread/skill, ranks")
      .argument("<forecast>", "a file of an ensemble, in CF form or that of WeatherBench 2")
      .requiredOption("--truth <file>", `what happened: ${DATA}`)
      .option("--climatology <file>", "other years, for the anomaly correlation and the skill against climatology")
      .option("--json", "print one JSON object")
      .action(async (forecast: string, options: VerifyWeatherOptions) =>
        (await import("./commands/weather-verify.js")).verifyWeather(forecast, options, invocation),
      ),
    [
      "nextscale weather verify forecast.nc --truth sim.nc",
      "nextscale weather verify forecast.nc --truth sim.nc --climatology train.nc --json",
    ],
  );
}

function addEvaluate(weather: Command, invocation: Invocation): void {
  examples(
    command(weather, "evaluate")
      .description("measure a model beside its baselines, and beside the simulator itself")
      .addOption(modelOption())
      .option("--beside <models...>", "other models for the same tables: names or folders")
      .option(
        "--data <file>",
        `analyses that the model has not seen: ${DATA} (default: years of the data that its preset is for)`,
      )
      .option("--archive <file>", "years that it was trained on, for the baselines (default: those of its preset)")
      .addOption(
        new Option(
          "--split <name>",
          "which years of the preset's data: for decisions, or for the final figures (default: test)",
        ).choices(["validation", "test"]),
      )
      .option("--starts <n>", "forecasts, spread over the data", integer(1, 100_000), 40)
      .option("--members <n>", "size of the ensembles", integer(2, 10_000), 16)
      .option("--days <n>", "length of the forecasts", integer(1, 365), 10)
      .option("--seed <n>", "seed of all randomness", integer(0), 1)
      .addOption(engineOption())
      .option("--out <file>", "write the report to a JSON file")
      .option("--json", "print one JSON object")
      .action(async (options: EvaluateWeatherOptions) =>
        (await import("./commands/weather-evaluate.js")).evaluateWeather(options, invocation),
      ),
    [
      "nextscale weather evaluate --model my-model --out report.json",
      "nextscale weather evaluate --model my-model --split validation --starts 10 --days 5",
      "nextscale weather evaluate --model sim --beside my-gaussian my-diffusion",
      "nextscale weather evaluate --model era5-model --data era5-2020.zarr --archive era5.zarr",
    ],
  );
}

function addPlot(weather: Command, invocation: Invocation): void {
  examples(
    command(weather, "plot")
      .description("draw a forecast, or the report of an evaluation, as SVG pictures")
      .argument("<source>", "a file of an ensemble, or a report that ends in .json")
      .option("--truth <file>", `what happened: ${DATA}`)
      .option("--point <lat,lon>", "place of the plume (default: 50,10, or the middle of a region)", point)
      .option("--variable <name>", "which channel (default: the first, or all of a report)")
      .option(
        "--lead <hours>",
        "when to draw maps, ranks and spectra (default: day 5, or the middle of a report)",
        integer(0),
      )
      .requiredOption("--out <folder>", "folder of the pictures")
      .option("--json", "print one JSON object")
      .action(async (source: string, options: PlotWeatherOptions) =>
        (await import("./commands/weather-plot.js")).plotWeather(source, options, invocation),
      ),
    [
      "nextscale weather plot forecast.nc --out pictures/",
      "nextscale weather plot forecast.nc --truth sim.nc --point=-35,150 --variable t650 --lead 72 --out pictures/",
      "nextscale weather plot report.json --out pictures/",
    ],
  );
}

function addIngest(weather: Command, invocation: Invocation): void {
  examples(
    command(weather, "ingest")
      .description("take training data out of a store such as those of WeatherBench 2; run again, it goes on")
      .argument("<source>", "Zarr, as a folder or an address of http, https or gs")
      .requiredOption("--variables <names>", "with commas between them, such as geopotential,2m_temperature", names)
      .option(
        "--levels <hPa>",
        "levels of the variables that have some, such as 500,850 (default: all)",
        positiveNumbers,
      )
      .requiredOption("--years <a-b>", "first and last year", years)
      .addOption(
        new Option("--grid <size>", "columns x rows of the result, 64x32 or gaussian-64x32")
          .argParser(gridSize)
          .default(gridSize("64x32"), "64x32"),
      )
      .option("--step <hours>", "hours from one time to the next", integer(1, 24 * 31), 12)
      .requiredOption("--out <folder>", "FOLDER.zarr")
      .option("--json", "print one JSON object")
      .action(async (source: string, options: IngestWeatherOptions) =>
        (await import("./commands/weather-ingest.js")).ingestWeather(source, options, invocation),
      ),
    [
      "nextscale weather ingest gs://weatherbench2/datasets/era5/1959-2023_01_10-6h-64x32_equiangular_conservative.zarr --variables geopotential,temperature --levels 500,850 --years 1979-2019 --out era5.zarr",
      "nextscale weather ingest store.zarr --variables 2m_temperature --years 2019 --grid gaussian-64x32 --out t2m.zarr",
    ],
  );
}

function modelOption(): Option {
  return new Option("--model <name>", "a bundled model, or the folder of one").default("sim");
}
