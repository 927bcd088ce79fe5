import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";

import { answerBy, requests, screen } from "./page.js";

const { named, send, tell } = await import("../../digests/static/digests/outcomes.js");

Object.assign(screen.dataset, {
  digestTitle: "周报",
  saysOne: "1 story",
  saysMany: "{count} stories",
  saysPut: "Put into “{digest}”: {what}",
  saysLeftOne: "{told}. 1 was left: {why}",
  saysLeft: "{told}. {count} were left: {why}",
});

const rowsOf = (/** @type {number} */ count) =>
  Array.from({ length: count }, (_, index) => ({ id: index + 1, version: 1 }));

/** The rows that were sent with each request. */
const sent = () => requests.map(({ options }) => JSON.parse(String(options.body)).rows);

/** Answers that all rows of a request are done. */
function doAll() {
  answerBy((_address, { body }) =>
    Response.json({ done: JSON.parse(String(body)).rows, refused: [] })
  );
}

// Sending

test("Rows are sent in portions of 200 at most, one after the other", async () => {
  doAll();
  const outcome = await send("triage/shortlist/", rowsOf(450));
  deepEqual(sent().map((rows) => rows.length), [200, 200, 50]);
  deepEqual(sent().flat(), rowsOf(450));
  deepEqual(outcome, { done: rowsOf(450), refused: [] });
});

test("What is given with an act goes with each portion", async () => {
  doAll();
  await send("triage/reject/", rowsOf(201), { reason: "old", note: "" });
  for (const { options } of requests) equal(JSON.parse(String(options.body)).reason, "old");
});

test("No rows are no request", async () => {
  doAll();
  deepEqual(await send("triage/shortlist/", []), { done: [], refused: [] });
  equal(requests.length, 0);
});

test("What is done stays told when a later portion fails, and the rest is not asked for", async () => {
  answerBy((_address, { body }) =>
    requests.length === 2
      ? Response.json({ detail: "Slow down." }, { status: 429 })
      : Response.json({ done: JSON.parse(String(body)).rows, refused: [] })
  );
  const outcome = await send("triage/shortlist/", rowsOf(450));
  equal(requests.length, 2);
  deepEqual(outcome.done, rowsOf(200));
  equal(outcome.trouble?.message, "Slow down.");
});

test("A refusal before anything was done is the refusal of the act", async () => {
  answerBy(() => Response.json({ detail: "You may not." }, { status: 403 }));
  await rejects(send("triage/shortlist/", rowsOf(3)), /You may not\./);
});

// Telling

const NAMES = new Map([[1, "狐狸 🦊"]]);
const refusal = (/** @type {number} */ id) => ({ id, detail: `Reason ${id}.` });

test("A single row is called by its headline, where the page shows it", () => {
  equal(named(rowsOf(1), NAMES), "狐狸 🦊");
  equal(named(rowsOf(1), new Map()), "1 story");
});

test("Several rows are counted", () => {
  equal(named(rowsOf(12), NAMES), "12 stories");
});

test("What was done is one sentence", () => {
  equal(
    tell({ done: rowsOf(1), refused: [] }, rowsOf(1), NAMES, "Put"),
    "Put into “周报”: 狐狸 🦊",
  );
});

test("What was left is told beside what was done, and why", () => {
  const [one, two, three] = rowsOf(3);
  equal(
    tell({ done: [one, two], refused: [refusal(3)] }, [one, two, three], NAMES, "Put"),
    "Put into “周报”: 2 stories. 1 was left: Reason 3.",
  );
  equal(
    tell({ done: [one], refused: [refusal(2), refusal(3)] }, [one, two, three], NAMES, "Put"),
    "Put into “周报”: 狐狸 🦊. 2 were left: Reason 2. Reason 3.",
  );
});

test("Where nothing was done the reasons stand alone, three at most", () => {
  const refused = [1, 2, 3, 4, 5].map(refusal);
  equal(tell({ done: [], refused }, rowsOf(5), NAMES, "Put"), "Reason 1. Reason 2. Reason 3.");
});

test("Rows that were not asked for are among those that were left", async () => {
  answerBy((_address, { body }) =>
    requests.length === 2
      ? Response.json({ detail: "Slow down." }, { status: 429 })
      : Response.json({ done: JSON.parse(String(body)).rows, refused: [] })
  );
  const outcome = await send("triage/shortlist/", rowsOf(300));
  equal(
    tell(outcome, rowsOf(300), NAMES, "Put"),
    "Put into “周报”: 200 stories. 100 were left: Slow down.",
  );
});
