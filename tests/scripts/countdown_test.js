import { equal } from "node:assert/strict";
import { test } from "node:test";

import "./page.js";

const { lengthOf, levelOf, sentenceOf } = await import("../../digests/static/desk/countdown.js");

const words = {
  in: "in {time}",
  late: "late by {time}",
  now: "due now",
  minutes: "{count} min",
  hours: "{count} h",
  days: "{count} d",
};
const [MINUTE, HOUR] = [60, 3600];

test("A length is told in the largest unit that says enough, and never rounded up", () => {
  equal(lengthOf(MINUTE, words), "1 min");
  equal(lengthOf(HOUR - 1, words), "59 min");
  equal(lengthOf(HOUR, words), "1 h");
  equal(lengthOf(48 * HOUR - 1, words), "47 h");
  equal(lengthOf(48 * HOUR, words), "2 d");
});

test("What is due within a minute is due now; before and after, the time is told", () => {
  equal(sentenceOf(12.5 * MINUTE, words), "in 12 min");
  equal(sentenceOf(59, words), "due now");
  equal(sentenceOf(-59, words), "due now");
  equal(sentenceOf(-MINUTE, words), "late by 1 min");
});

test("It is marked in the time of danger, in the last minute, and when it is late", () => {
  equal(levelOf(HOUR, HOUR), "calm");
  equal(levelOf(HOUR - 1, HOUR), "soon");
  equal(levelOf(MINUTE, 0), "calm");
  equal(levelOf(30, 0), "soon");
  equal(levelOf(-30, 0), "soon");
  equal(levelOf(-MINUTE, 0), "late");
});
