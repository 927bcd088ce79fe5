/* Where a story of the digest is to go. Positions count from 1 within a section; the number of no
   section is empty. */

/** A story that is added goes `before` another, whatever its position is by then (empty: the end);
    one that is moved gets a position.
    @typedef {{ section: string, position: number | null, before: string }} Destination */

/** The position that somebody typed, or null where it is none.
    @param {string} typed */
export function positionOf(typed) {
  return /^\s*[0-9]+\s*$/.test(typed) && Number(typed) > 0 ? Number(typed) : null;
}

/** Whether a position that was typed, or a section that was chosen, is another than the story's.
    @param {{ section: string, number: number }} here
    @param {number} position
    @param {string} [section] */
export function isMove(here, position, section = here.section) {
  return section !== here.section || position !== here.number;
}
