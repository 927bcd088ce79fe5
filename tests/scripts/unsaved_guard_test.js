import { equal } from "node:assert/strict";
import { test } from "node:test";

import { FakeForm, page } from "./page.js";

const [first, second] = [new FakeForm(), new FakeForm()];
page.found["form[data-guard]"] = [first, second];
await import("../../digests/static/desk/unsaved_guard.js");

/** Whether the browser is to ask before it leaves the page. */
function asks() {
  const leaving = new Event("beforeunload", { cancelable: true });
  globalThis.dispatchEvent(leaving);
  return leaving.defaultPrevented;
}

test("A page nobody wrote into is left without a question", () => {
  equal(asks(), false);
});

for (const change of ["input", "change"]) {
  test(`After an event “${change}” in any of its forms the page asks, until a form is sent`, () => {
    second.dispatchEvent(new Event(change));
    equal(asks(), true);
    first.dispatchEvent(new Event("submit"));
    equal(asks(), false);
  });
}
