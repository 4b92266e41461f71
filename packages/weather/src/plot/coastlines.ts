import { mesh } from "topojson-client";
import coarse from "world-atlas/land-110m.json" with { type: "json" };
import fine from "world-atlas/land-50m.json" with { type: "json" };

/** Coastlines of Natural Earth, each once: at 1:110 million for maps of the globe, 1:50 million for those of regions. */
export function coastlines(scale: "globe" | "region"): ReturnType<typeof mesh> {
  return mesh((scale === "globe" ? coarse : fine) as unknown as Parameters<typeof mesh>[0]);
}
