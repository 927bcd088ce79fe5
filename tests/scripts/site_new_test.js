import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";

import { FakeElement, page } from "./page.js";

/** What the browser stores for the site, as long as it lets it.
    @type {Map<string, string>} */
const stored = new Map();
let mayStore = true;
Object.defineProperty(globalThis, "location", { value: { pathname: "/global-ai/" } });
Object.defineProperty(globalThis, "localStorage", {
  get() {
    if (!mayStore) throw new Error("Storage is switched off");
    return {
      getItem: (/** @type {string} */ key) => stored.get(key) ?? null,
      setItem: (/** @type {string} */ key, /** @type {string} */ value) => stored.set(key, value),
    };
  },
});

page.body.dataset.saysNew = "New";

/** A digest that was published at this time, with a line for its mark.
    @param {number} time */
function digest(time) {
  const line = new FakeElement();
  const shown = Object.assign(new FakeElement(), { found: { ".dateline": [line] } });
  shown.dataset.published = String(time);
  return { shown, marks: () => line.children.map(({ textContent }) => textContent) };
}

/** Opens a page of digests with these times, and gives what marks each of them.
    @param {() => Promise<unknown>} visit
    @param {number[]} times */
async function marksOf(visit, ...times) {
  const digests = times.map(digest);
  page.found["[data-published]"] = digests.map(({ shown }) => shown);
  await visit();
  return digests.map(({ marks }) => marks());
}

// A script runs at each visit: once for each address that it is imported from.
const visits = {
  first: () => import("../../digests/static/public/site.js?first"),
  second: () => import("../../digests/static/public/site.js?second"),
  third: () => import("../../digests/static/public/site.js?third"),
  fourth: () => import("../../digests/static/public/site.js?fourth"),
  fifth: () => import("../../digests/static/public/site.js?fifth"),
};

test("At the first look at a page nothing is new, whatever was seen of another", async () => {
  stored.set("seen /tech-week/", "5");
  deepEqual(await marksOf(visits.first, 20, 10), [[], []]);
});

test("What was published since the last look is new, and is marked once", async () => {
  stored.set("seen /global-ai/", "20");
  deepEqual(await marksOf(visits.second, 30, 20, 10), [["New"], [], []]);
  deepEqual(await marksOf(visits.third, 30, 20, 10), [[], [], []]);
});

test("The last look is not set back by a list of older digests", async () => {
  stored.set("seen /global-ai/", "30");
  await marksOf(visits.fourth, 20);
  equal(stored.get("seen /global-ai/"), "30");
});

test("Where the browser stores nothing, nothing is marked", async () => {
  mayStore = false;
  deepEqual(await marksOf(visits.fifth, 30, 20), [[], []]);
});
