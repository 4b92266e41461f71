import { NextscaleError } from "@nextscale/engine";
import { readRegularFile } from "@nextscale/engine/node";
import type { Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { IMAGE_LIMITS, imageDataset, type ImageDataset } from "../data/image-dataset.js";
import { type RasterImage, readPng } from "./png-file.js";

/**
 * Loads a folder of PNG images of one shape. When the images lie in sub-folders, each sub-folder is a class by its name;
 * when they lie in the folder itself, the data set has no labels. Files are taken in the order of their names (by code
 * unit, the same everywhere), hidden ones and other kinds are left alone.
 *
 * @throws NextscaleError `invalid-file` for a folder without images, with images both in it and in sub-folders, or with
 *   an image that does not decode; `shape` when two images differ in shape or the whole exceeds {@link IMAGE_LIMITS}
 */
export async function loadPngFolder(folder: string): Promise<ImageDataset> {
  const { files, classes } = await listImages(folder);
  const first = await readImage(files[0]!.path);
  const size = first.data.length;
  if (size * files.length > IMAGE_LIMITS.bytes) {
    throw new NextscaleError({
      code: "shape",
      where: WHERE,
      expected: `at most ${IMAGE_LIMITS.bytes} bytes of images in ${folder}`,
      got: `${files.length} of ${describe(first)}`,
      fix: "use fewer or smaller images",
    });
  }
  const images = new Uint8Array(size * files.length);
  for (const [index, { path }] of files.entries()) {
    const image = index === 0 ? first : await readImage(path);
    if (describe(image) !== describe(first)) {
      throw new NextscaleError({
        code: "shape",
        where: WHERE,
        expected: `images of ${describe(first)} like ${files[0]!.path}`,
        got: `${describe(image)} in ${path}`,
        fix: "resize or convert the images to one shape",
      });
    }
    images.set(image.data, index * size);
  }
  const { height, width, channels } = first;
  const parts = { name: basename(resolve(folder)), images, height, width, channels, classes };
  return imageDataset(
    classes.length === 0 ? parts : { ...parts, labels: Uint8Array.from(files, ({ label }) => label) },
  );
}

const WHERE = "images/loadPngFolder";

interface ImageFile {
  readonly path: string;
  readonly label: number;
}

async function listImages(folder: string): Promise<{ files: ImageFile[]; classes: string[] }> {
  const { images, folders } = await list(folder);
  const files: ImageFile[] = images.map((name) => ({ path: join(folder, name), label: 0 }));
  const classes: string[] = [];
  for (const name of folders) {
    const inClass = (await list(join(folder, name))).images;
    if (inClass.length === 0) continue;
    files.push(...inClass.map((image) => ({ path: join(folder, name, image), label: classes.length })));
    classes.push(name);
  }
  if (files.length === 0 || (images.length > 0 && classes.length > 0)) {
    throw new NextscaleError({
      code: "invalid-file",
      where: WHERE,
      expected: `PNG images in ${folder}, or in its sub-folders, one a class`,
      got: files.length === 0 ? "none" : `${images[0]} beside the folder ${classes[0]}`,
      fix: files.length === 0 ? "check the path, and convert images of other kinds" : "move all images to one level",
    });
  }
  return { files, classes };
}

/** Names of the images and sub-folders of a folder, sorted; links are followed. */
async function list(folder: string): Promise<{ images: string[]; folders: string[] }> {
  const images: string[] = [];
  const folders: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw unreadable(folder, error);
  });
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    const kind = entry.isSymbolicLink() ? await linkedFrom(join(folder, entry.name)) : entry;
    if (kind.isDirectory()) folders.push(entry.name);
    else if (/\.png$/i.test(entry.name)) images.push(entry.name);
  }
  return { images: images.sort(), folders: folders.sort() };
}

/** What a link leads to. One that leads nowhere may have been meant as a class: it is not silently left out. */
async function linkedFrom(link: string): Promise<Stats> {
  return stat(link).catch((cause: unknown) => {
    throw new NextscaleError({
      code: "invalid-file",
      where: WHERE,
      expected: `the link ${link} to lead to a file or folder`,
      got: codeOf(cause),
      fix: "delete the link or mend it",
      cause,
    });
  });
}

async function readImage(path: string): Promise<RasterImage> {
  const bytes = await readRegularFile(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  return readPng(bytes, path);
}

function unreadable(path: string, cause: unknown): NextscaleError {
  const expected = `to read ${path}`;
  const got = codeOf(cause);
  return new NextscaleError({ code: "invalid-file", where: WHERE, expected, got, fix: "check the path", cause });
}

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? String(cause);
}

function describe({ height, width, channels }: RasterImage): string {
  return `${height}x${width} pixels, ${channels === 1 ? "grey" : "RGB"}`;
}
