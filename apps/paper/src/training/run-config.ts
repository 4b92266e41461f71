import * as z from "zod";
import { settingsSchema } from "../settings.js";
import { variantSchema } from "../variant/variant.js";

/** Schema of what makes a training the same training when it is resumed, besides its seed, data and engine. */
export const runConfigSchema = z.strictObject({
  variant: z.union([variantSchema, z.literal("autoencoder")]),
  settings: settingsSchema,
});

/** What is trained, and for how long. */
export type RunConfig = Readonly<z.infer<typeof runConfigSchema>>;
