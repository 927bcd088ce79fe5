/* Acts on many rows of the inbox, posted in portions so that no request is long. */

import { post, Refused } from "./desk.js";

/** @typedef {import("./selection.js").Row} Row */

/** What became of an act. `answered`: the rows that the server judged, by number; `report`: what
    it says of all that was done, null if nothing was; `trouble`: why the rest was not done.
    @typedef {{
      answered: Set<number>,
      report: import("./desk.js").Report | null,
      trouble: Refused | null,
    }} Outcome */

const PER_REQUEST = 200;
const CONFLICT = 409; // refused with a reason for each row

/** Posts the rows with a form, and puts the regions of each answer in place.
    @param {HTMLFormElement} form
    @param {string[]} regions
    @param {Row[]} rows
    @param {Record<string, string>} given
    @returns {Promise<Outcome>} */
export async function postRows(form, regions, rows, given) {
  /** @type {Outcome} */
  const outcome = { answered: new Set(), report: null, trouble: null };
  for (let start = 0; start < rows.length; start += PER_REQUEST) {
    const portion = rows.slice(start, start + PER_REQUEST);
    const fields = {
      ...given,
      ...fieldsOf(portion),
      selected: rows.length,
      ...(start ? { continues: "1" } : {}),
    };
    try {
      outcome.report = await post(form, regions, { fields });
      outcome.trouble = null;
    } catch (trouble) {
      if (!(trouble instanceof Refused)) throw trouble;
      outcome.trouble = trouble;
      if (trouble.status !== CONFLICT) break; // the rest waits as it was
    }
    for (const { id } of portion) outcome.answered.add(id);
  }
  return outcome;
}

/** Rows as a form sends them: `item=12` beside `version-12=3`.
    @param {Row[]} rows
    @returns {Record<string, number | number[]>} */
function fieldsOf(rows) {
  const versions = rows.map(({ id, version }) => [`version-${id}`, version]);
  return { item: rows.map(({ id }) => id), ...Object.fromEntries(versions) };
}
