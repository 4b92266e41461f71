import type { RunConfig } from "../config/config.js";
import { diffusionHead } from "../head/diffusion-head.js";
import { bandLimited } from "../model/band-limit.js";
import { fieldGeometry } from "../refiner/field-geometry.js";
import { categoricalObjective } from "./categorical-objective.js";
import { diffusionObjective } from "./diffusion-objective.js";
import type { Foundations } from "./foundations.js";
import { gaussianObjective } from "./gaussian-objective.js";
import type { Objective } from "./objective.js";
import { onePassObjective } from "./one-pass-objective.js";

/** What the network of a run is trained to. */
export function objectiveOf(
  { model, training }: RunConfig,
  { fitted }: Pick<Foundations, "fitted">,
  seed: number,
): Objective {
  const geometry = fieldGeometry(model);
  const { head, truncation } = model;
  switch (head.kind) {
    case "categorical":
      return categoricalObjective(head, geometry, fitted, { seed, corruption: training.corruption ?? 0 });
    case "gaussian":
      return gaussianObjective(geometry);
    case "diffusion":
      return diffusionObjective(diffusionHead(head, geometry), geometry, seed);
    case "one-pass":
      return onePassObjective(head, geometry, {
        seed,
        // Components are of states, whose channels have other scales than what is drawn; and they cut off little.
        possible: (field) => (typeof truncation === "number" ? bandLimited(field, geometry.grid, truncation) : field),
      });
  }
}
