import fc from "fast-check";
import { expect, test } from "vitest";
import { NextscaleError } from "../src/errors.js";

const parts = { code: "invalid-file", where: "engine/test", expected: "a file", got: "none" } as const;

test("a message says where, what was expected, what came and what to do; an empty text is seen", () => {
  expect(new NextscaleError(parts).message).toBe("engine/test: expected a file, got none");
  expect(new NextscaleError({ ...parts, got: "", fix: "look" }).message).toBe(
    'engine/test: expected a file, got ""; look',
  );
});

test("no control character but the line end is in a message, whichever part it came in; the parts keep theirs", () => {
  const got = 'kind "weather/x\x1b[31m"\r\n\tand \x7f \x9b2J é';
  const error = new NextscaleError({ ...parts, got });
  expect(error.message).toBe(
    'engine/test: expected a file, got kind "weather/x\\x1b[31m"\\x0d\n\\x09and \\x7f \\x9b2J é',
  );
  expect(error.got).toBe(got);
  const text = fc.string({ unit: fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)) });
  fc.assert(
    fc.property(text, fc.constantFrom("where", "expected", "got", "fix"), (value, part) => {
      const { message } = new NextscaleError({ ...parts, [part]: value });
      expect(
        Array.from(message)
          .filter((character) => character !== "\n")
          .join(""),
      ).not.toMatch(/\p{Cc}/u);
    }),
  );
});

test("what came is cut after 500 characters", () => {
  const shown = (length: number) => new NextscaleError({ ...parts, got: "x".repeat(length) }).message.split("got ")[1];
  expect(shown(500)).toBe("x".repeat(500));
  expect(shown(501)).toBe(`${"x".repeat(500)}…`);
});
