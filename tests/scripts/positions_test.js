import { equal } from "node:assert/strict";
import { test } from "node:test";

import { isMove, positionOf } from "../../digests/static/desk/positions.js";

test("A position is a whole number from 1, with spaces around it at most", () => {
  equal(positionOf("7"), 7);
  equal(positionOf(" 12 "), 12);
  for (const typed of ["", " ", "0", "00", "-1", "1.5", "1e3", "0x1", "second", "２"]) {
    equal(positionOf(typed), null, typed);
  }
});

test("Another number, or another section, moves a story", () => {
  equal(isMove({ section: "4", number: 2 }, 5), true);
  equal(isMove({ section: "4", number: 2 }, 5, "4"), true);
  equal(isMove({ section: "4", number: 2 }, 2, "9"), true);
  equal(isMove({ section: "4", number: 2 }, 2, ""), true);
});

test("The number it has leaves a story where it is", () => {
  equal(isMove({ section: "4", number: 2 }, 2), false);
  equal(isMove({ section: "", number: 2 }, 2, ""), false);
});
