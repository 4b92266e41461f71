import type { HeadConfig } from "../config/head-config.js";
import type { FieldGeometry } from "../refiner/field-geometry.js";
import { categoricalHead } from "./categorical-head.js";
import { diffusionHead } from "./diffusion-head.js";
import { gaussianHead } from "./gaussian-head.js";
import type { Head } from "./head.js";
import { onePassHead } from "./one-pass-head.js";

/** The head of a model. */
export function headOf(config: HeadConfig, geometry: FieldGeometry): Head {
  switch (config.kind) {
    case "categorical":
      return categoricalHead(config, geometry);
    case "gaussian":
      return gaussianHead(config, geometry);
    case "diffusion":
      return diffusionHead(config, geometry);
    case "one-pass":
      return onePassHead(config, geometry);
  }
}
