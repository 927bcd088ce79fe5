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
  const theirs = new FakeElement();
  theirs.hidden = true;
  form.found["[data-keep]"] = [keep];
  form.found[".theirs"] = [theirs];
  keep.found["[name]"] = [headline, body];
  for (const field of [headline, body]) keep.found[`[name="${field.name}"]`] = [field];
  if (row) form.dataset.row = row;
  if (version) form.dataset.version = keep.dataset.version = version;
  page.found["[data-text]"] = [form];
  queue.length = 0;
  return {
    form,
    keep,
    headline,
    body,
    theirs,
    ours: /** @type {HTMLFormElement} */ (/** @type {unknown} */ (form)),
  };
}

/** Lets the first text of the queue be saved, after which the page shows this text as saved. Gives
    what was sent.
    @param {FakeForm} form
    @param {{ version: number, headline: string, body: string }} [shown]
    @param {() => void} [meanwhile] */
function answerSave(form, shown, meanwhile = () => {}) {
  const [{ form: ours, keep, body: made }] = queue.splice(0, 1);
  const body = made();
  meanwhile();
  const reconcile = texts.remember();
  if (shown) {
    form.dataset.version = String(shown.version);
    form.found[".theirs [data-of]"] = [["headline", shown.headline], ["body", shown.body]].map(
      ([of, textContent]) => Object.assign(new FakeElement(), { dataset: { of }, textContent }),
    );
  }
  if (body) texts.noteSave(ours, keep, body);
  reconcile();
  if (body) texts.shutSaved(ours, keep);
  return body;
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
  answerSave(form, { version: 8, headline: "新", body: "" });
  equal(answerSave(form), null);
  equal(form.hidden, true);
});

test("What was typed while a text was on its way is unsaved, over the new version", () => {
  const { keep, headline, form, theirs, ours } = formOf({ row: "3", version: "7" });
  type(keep, headline, " 新 ");
  texts.save(ours);
  const shown = { version: 8, headline: "新", body: "" };
  answerSave(form, shown, () => type(keep, headline, "更新"));
  equal(isUnsaved(keep), true);
  equal(form.hidden, false);
  equal(theirs.hidden, true); // the editor's own text is nobody else's
  texts.save(ours);
  deepEqual(queue[0].body(), { version: 8, headline: "更新", body: "" });
});

test("What somebody else saved at once after is shown beside what was typed meanwhile", () => {
  const { keep, headline, form, theirs, ours } = formOf({ row: "3", version: "7" });
  type(keep, headline, "新");
  texts.save(ours);
  const shown = { version: 9, headline: "诺尔的标题", body: "" };
  answerSave(form, shown, () => type(keep, headline, "更新"));
  equal(theirs.hidden, false);
  equal(headline.value, "更新");
  texts.save(ours);
  equal(Number(queue[0].body()?.version) < 9, true); // which the server will refuse
});

test("What somebody else saved at once after is in the form that is opened next", () => {
  const { keep, headline, form, theirs, ours } = formOf({ row: "3", version: "7" });
  type(keep, headline, "新");
  texts.save(ours);
  answerSave(form, { version: 9, headline: "诺尔的标题", body: "" });
  equal(form.hidden, true);
  equal(theirs.hidden, true);
  equal(headline.value, "诺尔的标题");
  type(keep, headline, "再改");
  texts.save(ours);
  equal(queue[0].body()?.version, 9);
});

test("The form of something new is empty again once it was saved", () => {
  const { keep, headline, form, ours } = formOf({});
  headline.value = headline.defaultValue = "";
  type(keep, headline, "新");
  texts.save(ours);
  answerSave(form);
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
