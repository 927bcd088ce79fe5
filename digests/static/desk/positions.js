/* Where a story of the digest is to go. Positions count from 1 within a section; the number of no
   section is empty. */

/** A story goes `before` another, whatever its position is by then; if that is empty, to the end of
    a section.
    @typedef {{ section: string, before: string }} Destination
    Where a row is let go, with its position from then on.
    @typedef {Destination & { position: number }} Drop */

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
