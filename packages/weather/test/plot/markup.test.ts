import fc from "fast-check";
import { expect, test } from "vitest";
import { element, escaped, label, rounded, shared, withRoundedNumbers } from "../../src/plot/markup.js";
import { parseXml, problemsOf } from "./svg.fixture.js";

test("any text comes back from the XML it was put in, but for what XML cannot hold", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
      (text) => {
        const read = parseXml(element("a", { of: text }, escaped(text)));
        const kept = text.replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
        // A parser turns line ends into \n, and in attributes into spaces.
        expect(read.text).toBe(kept.replace(/\r\n?/g, "\n"));
        expect(read.attributes["of"]).toBe(kept.replace(/\r\n/g, "\n").replace(/[\t\n\r]/g, " "));
      },
    ),
  );
});

test("control: the parser refuses what is not XML", () => {
  for (const wrong of ["<a>&</a>", '<a b="<"/>', "<a><b></a>", "<a>\u0001</a>", "<a b=1/>"]) {
    expect(() => parseXml(wrong), wrong).toThrow();
  }
  const bad = '<svg><use href="http://x/y"/><a id="b"/><a id="b" d="MNaN,0"/><style/></svg>';
  expect(problemsOf(bad)).toEqual(["not an svg", "link to http://x/y", "an id twice", "d=MNaN,0", "style"]);
});

test("numbers have two decimals at most", () => {
  expect([1, 1.005, -0.001, 12.3456, 100].map(rounded)).toEqual(["1", "1", "0", "12.35", "100"]);
  expect(withRoundedNumbers("M1.23456,2e1L-.5,1e-7Z url(#a-12) 20")).toBe("M1.23,2e1L-0.5,1e-7Z url(#a-12) 20");
  expect(withRoundedNumbers("M0.123456e-3,4.0")).toBe("M0,4");
});

test("shared content has one id for one content", () => {
  const [a, b, c] = [shared("g", label("a", {})), shared("g", label("a", {})), shared("g", label("b", {}))];
  expect(a).toEqual(b);
  expect(a.id).not.toBe(c.id);
});
