import { renderGrid, renderScaleStrip, type ImageBatch, type ImageModel, type ImageSamples } from "@nextscale/images";

/** Sides of a grid stay below so many pixels by drawing the images of large grids smaller. */
const LARGEST_GRID = 4096;

type Shape = Pick<ImageModel["config"], "height" | "width" | "channels" | "classes">;

/** All samples on one sheet, each above the name of its class. */
export function labelledGrid(samples: ImageSamples, { height, width, channels, classes }: Shape): Uint8Array {
  const columns = Math.ceil(Math.sqrt(samples.count));
  const largest = Math.max(1, Math.floor(LARGEST_GRID / (columns * Math.max(height, width))));
  return renderGrid(samples.data, {
    height,
    width,
    channels,
    columns,
    ...(largest < 3 ? { scale: largest, gap: largest } : {}),
    ...(classes.length > 0 ? { labels: Array.from(samples.labels, (label) => classes[label]!) } : {}),
  });
}

/** One file a sample, named after its index and class: `000012-2.png`. */
export function singlePictures(
  samples: ImageSamples,
  first: number,
  { height, width, channels, classes }: Shape,
): Record<string, Uint8Array> {
  const size = height * width * channels;
  return Object.fromEntries(
    Array.from({ length: samples.count }, (_, i) => {
      const name = classes[samples.labels[i]!];
      const suffix = name === undefined ? "" : `-${name.replace(/[^\p{L}\p{N}]+/gu, "_")}`;
      const picture = renderGrid(samples.data.subarray(i * size, (i + 1) * size), {
        height,
        width,
        channels,
        scale: 1,
        gap: 0,
      });
      return [`${String(first + i).padStart(6, "0")}${suffix}.png`, picture];
    }),
  );
}

/** The first `rows` samples, each as decoded after one scale, two, and so on to all. */
export async function scaleStrip(model: ImageModel, samples: ImageSamples, rows: number): Promise<Uint8Array> {
  const { scales } = model.config.tokeniser;
  const { height, width, channels, classes } = model.config;
  const codes = samples.codes.map((scale) => scale.slice(0, (scale.length / samples.count) * rows));
  const stages = await model.decodeScales(codes, rows);
  const pick = (batch: ImageBatch, row: number) => {
    const size = height * width * channels;
    return { data: batch.data.subarray(row * size, (row + 1) * size), height, width, channels };
  };
  return renderScaleStrip(
    Array.from({ length: rows }, (_, row) => stages.map((batch) => pick(batch, row))),
    {
      columnLabels: scales.map((side) => `${side}x${side}`),
      ...(classes.length > 0
        ? { rowLabels: Array.from({ length: rows }, (_, row) => classes[samples.labels[row]!]!) }
        : {}),
    },
  );
}
