import { deepEqual, equal } from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { FakeButton, FakeForm, happen } from "./page.js";

await import("../../digests/static/desk/submit_once.js");

const button = Object.assign(new FakeButton(), { disabled: false });
const form = new FakeForm();
form.matching.add("[data-guard]");
form.found["[type=submit]"] = [button];

/** Presses the button of a form. Says whether the form is sent.
    @param {FakeForm} pressed */
function submit(pressed) {
  return !happen(globalThis, "submit", pressed).defaultPrevented;
}

beforeEach(() => globalThis.dispatchEvent(new Event("pageshow")));

test("A form that was sent is not sent again by a second press", () => {
  deepEqual([submit(form), button.disabled], [true, true]);
  equal(submit(form), false);
});

test("Whoever comes back to the page may send its form again", () => {
  submit(form);
  globalThis.dispatchEvent(new Event("pageshow"));
  equal(button.disabled, false);
  equal(submit(form), true);
});

test("A form that was held back can still be sent", () => {
  const event = new Event("submit", { cancelable: true });
  Object.defineProperty(event, "target", { value: form });
  event.preventDefault();
  globalThis.dispatchEvent(event);
  equal(button.disabled, false);
  equal(submit(form), true);
});

test("A form that is not guarded is sent as often as it is pressed", () => {
  const other = new FakeForm();
  deepEqual([submit(other), submit(other)], [true, true]);
});

test("Where nothing answers, a form can be sent again after half a minute", () => {
  const real = globalThis.setTimeout;
  /** @type {[() => void, number][]} */
  const timers = [];
  Object.assign(globalThis, {
    setTimeout: (/** @type {() => void} */ act, /** @type {number} */ after) =>
      timers.push([act, after]),
  });
  submit(form);
  Object.assign(globalThis, { setTimeout: real });
  const [[allow, after]] = timers;
  equal(after, 30_000);
  allow();
  equal(button.disabled, false);
  equal(submit(form), true);
});
