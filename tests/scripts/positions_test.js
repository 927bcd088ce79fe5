import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";

import { positionOf, spotFor, spotOf } from "../../digests/static/digests/positions.js";

test("A position is a whole number from 1, with spaces around it at most", () => {
  equal(positionOf("7"), 7);
  equal(positionOf(" 12 "), 12);
  for (const typed of ["", " ", "0", "00", "-1", "1.5", "1e3", "0x1", "second", "２"]) {
    equal(positionOf(typed), null, typed);
  }
});

test("Another number moves a story within its section", () => {
  deepEqual(spotFor({ section: "4", number: 2 }, 5), { section: "4", position: 5 });
  deepEqual(spotFor({ section: "4", number: 2 }, 5, "4"), { section: "4", position: 5 });
});

test("The number it has leaves a story where it is", () => {
  equal(spotFor({ section: "4", number: 2 }, 2), null);
  equal(spotFor({ section: "", number: 2 }, 2, ""), null);
});

test("Another section takes a story at its end", () => {
  deepEqual(spotFor({ section: "4", number: 2 }, 2, "9"), { section: "9", position: null });
});

test("Another section takes a story at the number that was typed with it", () => {
  deepEqual(spotFor({ section: "4", number: 2 }, 1, "9"), { section: "9", position: 1 });
});

test("A story can leave its section for the place before the first one", () => {
  deepEqual(spotFor({ section: "4", number: 2 }, 2, ""), { section: "", position: null });
});

test("A step up or down names its section and position", () => {
  deepEqual(spotOf("4:3"), { section: "4", position: 3 });
  deepEqual(spotOf(":1"), { section: "", position: 1 });
});
