/* Which rows of the inbox are selected, on whatever page they stand, and which are out of reach
   because an act for them was not answered yet. */

/** A row by its number, with the version it was loaded with.
    @typedef {{ id: number, version: number }} Row */

export class Selection {
  /** @type {Map<number, Row>} */
  #selected = new Map();
  /** @type {Set<number>} */
  #pending = new Set();

  get size() {
    return this.#selected.size;
  }

  /** @param {number} id */
  has(id) {
    return this.#selected.has(id);
  }

  /** Whether an act for the row was not answered yet.
      @param {number} id */
  isPending(id) {
    return this.#pending.has(id);
  }

  /** @param {Row} row */
  add(row) {
    this.#selected.set(row.id, row);
  }

  /** Adds the rows that are within reach.
      @param {Row[]} rows */
  addAll(rows) {
    for (const row of rows) if (!this.isPending(row.id)) this.add(row);
  }

  /** @param {number} id */
  remove(id) {
    return this.#selected.delete(id);
  }

  clear() {
    this.#selected.clear();
  }

  /** The rows an act is for: the selected ones, else the one with the focus.
      @param {Row | undefined} focused
      @returns {Row[]} */
  chosen(focused) {
    if (this.size) return [...this.#selected.values()];
    return focused && !this.isPending(focused.id) ? [focused] : [];
  }

  /** Puts rows out of reach while an act for them is under way. Gives what to call with the
      numbers of those that were answered: the others are selected again as they were.
      @param {Row[]} rows */
  hold(rows) {
    const wereSelected = rows.filter(({ id }) => this.remove(id));
    for (const { id } of rows) this.#pending.add(id);
    return (/** @type {Set<number>} */ answered) => {
      for (const { id } of rows) this.#pending.delete(id);
      this.addAll(wereSelected.filter(({ id }) => !answered.has(id)));
    };
  }
}
