import { expect, test } from "vitest";
import * as z from "zod";
import { describeIssues } from "../../src/checkpoint/json.js";

test("issues are told with their paths in one line, the first few or all", () => {
  const schema = z.strictObject({ sizes: z.array(z.int()) });
  const { error } = schema.safeParse({ sizes: [1, 0.5, "a", null, true] });
  expect(describeIssues(error!)).toMatch(/^sizes\.1: [^;]*; sizes\.2: [^;]*; sizes\.3: [^;]*; and 1 more$/);
  expect(describeIssues(error!, Infinity)).toMatch(/; sizes\.3: [^;]*; sizes\.4: [^;]*$/);
  expect(describeIssues(schema.safeParse(7).error!)).toMatch(/^the whole: /);
});
