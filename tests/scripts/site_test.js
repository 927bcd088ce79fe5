import { deepEqual, equal } from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { FakeElement, happen, page } from "./page.js";

const stories = [1, 2, 3].map((number) =>
  Object.assign(new FakeElement(), { id: `story-${number}` })
);
page.found[".items > li, .teaser"] = stories;
await import("../../digests/static/public/site.js");

/** Presses a key, and says whether the script made it its own.
    @param {string} key
    @param {FakeElement} target
    @param {object} [details] */
function press(key, target = page.body, details = {}) {
  return happen(page, "keydown", target, { key, ...details }).defaultPrevented;
}

/** The stories that the focus is on, one after the other, as these keys are pressed.
    @param {string[]} keys */
function walk(...keys) {
  return keys.map((key) => {
    press(key);
    return page.activeElement.id;
  });
}

beforeEach(() => {
  happen(page, "focusin", stories[0]);
  page.activeElement = page.body;
});

test("j and k go from story to story and stay at the ends", () => {
  deepEqual(walk("j", "j", "j", "k", "k", "k"), [
    "story-2",
    "story-3",
    "story-3",
    "story-2",
    "story-1",
    "story-1",
  ]);
});

test("The keys go on from the story that the reader moved the focus to", () => {
  happen(page, "focusin", stories[2]);
  deepEqual(walk("k"), ["story-2"]);
});

test("A focus that leaves all stories does not move the place among them", () => {
  happen(page, "focusin", new FakeElement());
  deepEqual(walk("j"), ["story-2"]);
});

test("A key belongs to the field that is typed into, and to the browser's own shortcuts", () => {
  const input = Object.assign(new FakeElement(), {
    matching: new Set(["input, select, textarea"]),
  });
  press("j", input);
  equal(press("/", input), false);
  for (const held of ["ctrlKey", "metaKey", "altKey"]) press("j", page.body, { [held]: true });
  equal(page.activeElement, page.body);
});

test("“/” goes to the field of the search, and without one to its page", () => {
  let opened = 0;
  page.found["[data-search]"] = [Object.assign(new FakeElement(), { click: () => opened += 1 })];
  equal(press("/"), true);
  equal(opened, 1);
  const box = new FakeElement();
  page.found["input[type=search]"] = [box];
  equal(press("/"), true);
  equal(page.activeElement, box);
  equal(opened, 1);
});
