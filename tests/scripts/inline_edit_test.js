import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";

import { FakeElement, FakeField, FakeForm, happen, page, screen, shown } from "./page.js";

const { keepInlineEdits } = await import("../../digests/static/desk/inline_edit.js");

screen.dataset.saysSaved = "Everything is saved.";
page.found["#orphans"] = [new FakeElement()];

/** @typedef {import("../../digests/static/desk/inline_edit.js").Body} Body */

/** What is to be saved, in the order it was asked for.
    @type {{ form: HTMLFormElement, keep: HTMLElement, body: () => Body | null }[]} */
const queue = [];
const texts = keepInlineEdits({
  change: (form, keep, body) => queue.push({ form, keep, body }),
  version: () => 40,
});

/** A form for a headline and a body; without a row it is for something new.
    @param {{ row?: string, version?: string }} data */
function formOf({ row, version }) {
  const form = Object.assign(new FakeForm(), { id: `text-${row}` });
  const keep = new FakeElement();
  const [headline, body] = [new FakeField("headline", "旧"), new FakeField("body", "")];
  form.found["[data-keep]"] = [keep];
  keep.found["[name]"] = [headline, body];
  if (row) form.dataset.row = row;
  if (version) keep.dataset.version = version;
  queue.length = 0;
  return {
    form,
    keep,
    headline,
    body,
    ours: /** @type {HTMLFormElement} */ (/** @type {unknown} */ (form)),
  };
}

/** Types into a field of a form, as the page hears of it.
    @param {FakeElement} keep
    @param {FakeField} field
    @param {string} value */
function type(keep, field, value) {
  field.value = value;
  happen(page, "input", Object.assign(field, { closest: () => keep }));
}

const isUnsaved = (/** @type {FakeElement} */ keep) => keep.hasAttribute("data-dirty");

test("Typed text is unsaved until it reads as before", () => {
  const { keep, headline } = formOf({ row: "3", version: "7" });
  type(keep, headline, "新");
  equal(isUnsaved(keep), true);
  type(keep, headline, "旧");
  equal(isUnsaved(keep), false);
});

test("A text is sent with all its fields, over the version its typing began from", () => {
  const { keep, headline, ours } = formOf({ row: "3", version: "7" });
  type(keep, headline, "新");
  texts.save(ours);
  deepEqual(queue[0].body(), { version: 7, headline: "新", body: "" });
});

test("A text that carries no version is sent over the digest's", () => {
  const { keep, headline, ours } = formOf({});
  type(keep, headline, "新");
  texts.save(ours);
  equal(queue[0].body()?.version, 40);
});

test("What is typed before its turn has come is saved with the rest", () => {
  const { keep, headline, body, ours } = formOf({ row: "3", version: "7" });
  type(keep, headline, "新");
  texts.save(ours);
  type(keep, body, "更多");
  deepEqual(queue[0].body(), { version: 7, headline: "新", body: "更多" });
});

test("Saving twice sends a text once", () => {
  const { keep, headline, form, ours } = formOf({ row: "3", version: "7" });
  type(keep, headline, "新");
  texts.save(ours);
  texts.save(ours);
  const [first, second] = queue;
  const body = first.body();
  if (body) texts.saved(first.form, first.keep, body, 8);
  equal(second.body(), null);
  equal(form.hidden, true);
});

test("What was typed while a text was on its way is unsaved, over the new version", () => {
  const { keep, headline, form, ours } = formOf({ row: "3", version: "7" });
  type(keep, headline, "新");
  texts.save(ours);
  const body = queue[0].body();
  type(keep, headline, "更新");
  if (body) texts.saved(queue[0].form, queue[0].keep, body, 8);
  equal(isUnsaved(keep), true);
  equal(form.hidden, false);
  texts.save(ours);
  deepEqual(queue[1].body(), { version: 8, headline: "更新", body: "" });
});

test("The form of something new is empty again once it was saved", () => {
  const { keep, headline, ours } = formOf({});
  headline.value = headline.defaultValue = "";
  type(keep, headline, "新");
  texts.save(ours);
  const body = queue[0].body();
  if (body) texts.saved(queue[0].form, queue[0].keep, body, 41);
  equal(headline.value, "");
  equal(isUnsaved(keep), false);
});

test("Saving what nobody changed sends nothing, closes the form and says that all is saved", () => {
  const { form, ours } = formOf({ row: "3", version: "7" });
  texts.save(ours);
  equal(queue[0].body(), null);
  equal(form.hidden, true);
  deepEqual(shown(), ["Everything is saved."]);
});
