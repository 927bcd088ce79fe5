/* Acts on many rows of the inbox: sent in portions, their outcome told in a sentence. */

import { api, desk, message, Refused } from "./desk.js";

/** @typedef {import("./selection.js").Row} Row */

/** What the API says became of rows: each is done, with its new version, or was refused and why.
    @typedef {{ done: Row[], refused: { id: number, detail: string }[] }} Answer */

/** `trouble`: why the rest was not asked for.
    @typedef {Answer & { trouble?: Refused }} Outcome */

/** Headlines by the number of a row, as far as they are known.
    @typedef {Map<number, string>} Names */

const PER_REQUEST = 200;

/** Sends the rows in portions, so that none is long; gives what became of all.
    @param {string} path
    @param {Row[]} pairs
    @param {object} [given] */
export async function send(path, pairs, given = {}) {
  /** @type {Outcome} */
  const outcome = { done: [], refused: [] };
  for (let start = 0; start < pairs.length; start += PER_REQUEST) {
    const rows = pairs.slice(start, start + PER_REQUEST);
    try {
      /** @type {Answer} */
      const part = await api("POST", path, { rows, ...given });
      outcome.done.push(...part.done);
      outcome.refused.push(...part.refused);
    } catch (trouble) {
      // What is done is told, and can be undone; the rest waits as it was.
      if (!(trouble instanceof Refused) || !outcome.done.length) throw trouble;
      return { ...outcome, trouble };
    }
  }
  return outcome;
}

/** What became of rows, as a sentence: what was done, and what was left and why.
    @param {Outcome} outcome
    @param {Row[]} pairs
    @param {Names} names
    @param {string} sentence */
export function tell({ done, refused, trouble }, pairs, names, sentence) {
  const digest = desk.dataset.digestTitle ?? "";
  const told = done.length ? message(sentence, { what: named(done, names), digest }) : "";
  const reasons = refused.slice(0, 3).map(({ detail }) => detail);
  const why = [...reasons, trouble?.message].filter(Boolean).join(" ");
  if (!told || !why) return told || why;
  const count = pairs.length - done.length;
  return message(count === 1 ? "LeftOne" : "Left", { told, count, why });
}

/** What rows are called: the headline of a single one, as far as it is known, else how many.
    @param {Row[]} pairs
    @param {Names} names */
export function named(pairs, names) {
  if (pairs.length !== 1) return message("Many", { count: pairs.length });
  return names.get(pairs[0].id) ?? message("One");
}
