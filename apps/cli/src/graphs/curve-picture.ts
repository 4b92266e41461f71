import { lineCharts, type LineChart } from "@nextscale/weather/plot";
import { headlineOf, timesFloor, titleOf } from "./curve-table.js";
import { linesOf, nameIn, type Curve } from "./curve.js";

/** The share that says most, and the distance, against evaluations of the network: a line a model. */
export function curvePicture(curve: Curve): string {
  const { terms, real, training, settings } = curve;
  const lines = linesOf(curve).map((points) => ({
    name: nameIn(curve, points[0]!),
    points,
    x: points.map(({ evaluationsPerGraph }) => evaluationsPerGraph),
  }));
  const references = [
    { name: `real, ${settings.split}`, share: real[terms.share]?.share },
    { name: "training", share: training[terms.share]?.share },
  ];
  const shares: LineChart = {
    label: `${headlineOf(curve)} (%)`,
    scale: "linear",
    lines: lines.map(({ name, x, points }) => {
      const found = points.map(({ figures }) => figures[terms.share]!);
      const intervals = found.map(({ lower, upper }) => ({ lower: 100 * lower, upper: 100 * upper }));
      return { name, x, y: found.map(({ share }) => 100 * (share ?? Number.NaN)), intervals };
    }),
    rules: references.flatMap(({ name, share }) => (typeof share === "number" ? [{ name, value: 100 * share }] : [])),
  };
  const distances: LineChart = {
    label: `${terms.distance} (times the floor)`,
    scale: "log",
    lines: lines.map(({ name, x, points }) => {
      return { name, x, y: points.map(({ figures }) => timesFloor(figures) ?? Number.NaN) };
    }),
    rules: [{ name: "floor", value: 1 }],
  };
  const hasPoint = ({ lines: some }: LineChart) => some.some(({ y }) => y.some((value) => value > 0));
  return lineCharts({
    title: titleOf(curve),
    subtitle: `${settings.count} samples a point, seed ${settings.seed}; bands are intervals of 95 %`,
    x: { label: "Network evaluations for a graph", scale: "log" },
    charts: [shares, ...(hasPoint(distances) ? [distances] : [])],
  });
}
