import { lineCharts, type ChartLine } from "@nextscale/weather/plot";
import { mean } from "../../table/statistics.js";
import type { TrickFigures, TrickResults } from "./results.js";

/**
 * Before and after as SVG, by name: `trained` and `sampled`, as more lines in one picture could not be told apart. For each trick
 * a line from the base model to it, quality over the operations of a sample.
 */
export function tricksPictures(results: TrickResults): Readonly<Record<string, string>> {
  const groups = {
    trained: results.tricks.filter(({ kind }) => kind !== "sampled"),
    sampled: results.tricks.filter(({ kind }) => kind === "sampled"),
  };
  const drawn = Object.entries(groups).filter(([, tricks]) => tricks.length > 0);
  return Object.fromEntries(drawn.map(([name, tricks]) => [name, tricksPicture({ ...results, tricks })]));
}

function tricksPicture({ base, tricks, floors, settings, isSmoke }: TrickResults): string {
  const { samples } = settings.study;
  const operations = ({ seeds }: TrickFigures) => seeds[0]!.sample.operations / 1e6;
  const lines = (of: (figures: TrickFigures) => number): ChartLine[] =>
    tricks.map((own) => {
      return { name: own.label, x: [operations(base), operations(own)], y: [of(base), of(own)] };
    });
  const real = floors.map(({ training }) => training[`${samples}`]!);
  const rule = (value: number) => [{ name: "Training images", value }];
  return lineCharts({
    title: "Next-scale samples before and after each trick",
    subtitle: `${samples} samples; lines begin at the base model${isSmoke ? "; a smoke run" : ""}`,
    x: { label: "MFLOP of a sample", scale: "log" },
    charts: [
      {
        ...{ label: "Fréchet LeNet distance", scale: "log" },
        lines: lines(({ seeds }) => mean(seeds.map(({ sample }) => sample.frechet))),
        rules: rule(mean(real.map(({ frechet }) => frechet))),
      },
      {
        ...{ label: "Class agreement, %", scale: "linear" },
        lines: lines(({ seeds }) => 100 * mean(seeds.map(({ sample }) => sample.classAgreement))),
        rules: rule(100 * mean(real.map(({ classAgreement }) => classAgreement))),
      },
    ],
  });
}
