/* Where a story of the digest is to go. Positions count from 1 within a section; the number of no
   section is empty. */

/** `position` null: the end of the section.
    @typedef {{ section: string, position: number | null }} Spot */

/** The position that somebody typed, or null where it is none.
    @param {string} typed */
export function positionOf(typed) {
  return /^\s*[0-9]+\s*$/.test(typed) && Number(typed) > 0 ? Number(typed) : null;
}

/** Where a story goes for which a position was typed or a section chosen; null: it stays. In
    another section its old number says nothing, so it goes to the end.
    @param {{ section: string, number: number }} here
    @param {number} position
    @param {string} [section]
    @returns {Spot | null} */
export function spotFor(here, position, section = here.section) {
  const isSameNumber = position === here.number;
  if (section !== here.section) return { section, position: isSameNumber ? null : position };
  return isSameNumber ? null : { section, position };
}

/** The spot a row carries for a step up or down, as “section:position”.
    @param {string} step
    @returns {Spot} */
export function spotOf(step) {
  const [section, position] = step.split(":");
  return { section, position: Number(position) };
}
