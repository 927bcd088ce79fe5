import { deepEqual, equal, rejects } from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { answerBy, FakeElement, FakeForm, pages, requests } from "./page.js";

const { postRows } = await import("../../digests/static/desk/portions.js");

Object.defineProperty(globalThis, "location", { value: { search: "?q=ai" } });
// Of a form without fields.
globalThis.FormData = class extends FormData {
  constructor() {
    super();
  }
};

const form = /** @type {any} */ (
  Object.assign(new FakeForm(), { action: "http://localhost/admin/inbox/?p=2" })
);
const rowsOf = (/** @type {number} */ count) =>
  Array.from({ length: count }, (_, index) => ({ id: index + 1, version: index + 10 }));
const ids = (/** @type {number} */ count) => rowsOf(count).map(({ id }) => id);

/** What was sent, request by request. */
const sent = () => requests.map(({ options }) => /** @type {FormData} */ (options.body));

/** A page that tells a sentence.
    @param {string} sentence
    @param {boolean} isRefused */
function telling(sentence, isRefused = false) {
  const message = Object.assign(new FakeElement(), {
    textContent: sentence,
    matching: new Set(isRefused ? [".error, .warning"] : []),
  });
  pages[sentence] = {
    "[data-messages] li": [message],
    "[data-refused]": isRefused ? [message] : [],
  };
  return new Response(sentence, { headers: { "Content-Type": "text/html" } });
}

const act = (/** @type {number} */ count, given = {}) =>
  postRows(form, [], rowsOf(count), { do: "reject", ...given });

beforeEach(() => answerBy(() => telling(`Done: ${requests.length}`)));

test("Rows are sent in portions of 200 at most, one after the other", async () => {
  const { answered } = await act(450);
  const items = sent().map((body) => body.getAll("item").map(Number));
  deepEqual(items.map((numbers) => numbers.length), [200, 200, 50]);
  deepEqual(items.flat(), ids(450));
  deepEqual([...answered], ids(450));
});

test("Each row is sent with the version it was loaded with", async () => {
  await act(2);
  equal(sent()[0].get("version-1"), "10");
  equal(sent()[0].get("version-2"), "11");
});

test("What is given with an act goes with each portion", async () => {
  await act(201, { reason: "old" });
  for (const body of sent()) deepEqual([body.get("do"), body.get("reason")], ["reject", "old"]);
});

test("Portions after the first say that they continue its act, and the last tells of all", async () => {
  const { report } = await act(450);
  deepEqual(sent().map((body) => body.get("continues")), [null, "1", "1"]);
  deepEqual(report, { sentence: "Done: 3", trouble: false });
});

test("An act is posted with the page's own filter, in place of the one of its form", async () => {
  await act(1);
  equal(requests[0].address, "http://localhost/admin/inbox/?q=ai");
});

test("No rows are no request", async () => {
  const { answered, report } = await act(0);
  deepEqual([answered.size, report, requests.length], [0, null, 0]);
});

test("What is done stays told when a later portion fails, and the rest is not asked for", async () => {
  answerBy(() =>
    requests.length === 2
      ? Response.json({ detail: "Slow down." }, { status: 429 })
      : telling("Rejected: 200 stories")
  );
  const { answered, report, trouble } = await act(450);
  equal(requests.length, 2);
  deepEqual([...answered], ids(200));
  equal(report?.sentence, "Rejected: 200 stories");
  equal(trouble?.message, "Slow down.");
});

test("A failure before anything was done leaves all rows unanswered", async () => {
  answerBy(() => Response.json({ detail: "You may not." }, { status: 403 }));
  const { answered, report, trouble } = await act(3);
  deepEqual([answered.size, report, trouble?.message], [0, null, "You may not."]);
});

test("A portion that is refused is answered, and keeps no later one back", async () => {
  answerBy(() =>
    requests.length === 1 ? telling("Noor changed it.", true) : telling("Rejected: 1 story")
  );
  const { answered, report, trouble } = await act(201);
  equal(answered.size, 201);
  equal(report?.sentence, "Rejected: 1 story");
  equal(trouble, null);
});

test("Where every row is refused, the refusal is the trouble", async () => {
  answerBy(() => telling("Noor changed it.", true));
  const { answered, report, trouble } = await act(2);
  deepEqual([answered.size, report, trouble?.message], [2, null, "Noor changed it."]);
});

test("A mistake of ours is no refusal", async () => {
  await rejects(postRows(/** @type {any} */ ({ action: "nowhere" }), [], rowsOf(1), {}), TypeError);
});
