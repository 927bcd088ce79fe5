/* Elements of a page, each of the kind that a script expects it to be. */

/** @typedef {HTMLInputElement | HTMLTextAreaElement} TextField */

/** The first element of this kind that the selector matches, or null.
    @template {Element} [E=HTMLElement]
    @param {ParentNode} root
    @param {string} selector
    @param {new () => E} [kind]
    @returns {E | null} */
export function find(root, selector, kind = anyElement()) {
  const found = root.querySelector(selector);
  return found instanceof kind ? found : null;
}

/** As `find`, for what the page cannot do without.
    @template {Element} [E=HTMLElement]
    @param {ParentNode} root
    @param {string} selector
    @param {new () => E} [kind]
    @returns {E} */
export function element(root, selector, kind = anyElement()) {
  const found = find(root, selector, kind);
  if (!found) throw new TypeError(`The page has no ${kind.name} ${selector}`);
  return found;
}

/** All elements of this kind that the selector matches.
    @template {Element} [E=HTMLElement]
    @param {ParentNode} root
    @param {string} selector
    @param {new () => E} [kind]
    @returns {E[]} */
export function all(root, selector, kind = anyElement()) {
  const isOfKind = /** @returns {found is E} */ (/** @type {Element} */ found) =>
    found instanceof kind;
  return [...root.querySelectorAll(selector)].filter(isOfKind);
}

/** The element that the selector matches at or around what an event happened to, or null.
    @template {Element} [E=HTMLElement]
    @param {EventTarget | null} target
    @param {string} selector
    @param {new () => E} [kind]
    @returns {E | null} */
export function closest(target, selector, kind = anyElement()) {
  const found = target instanceof Element ? target.closest(selector) : null;
  return found instanceof kind ? found : null;
}

/** The button that a form was sent by, if it was one.
    @param {SubmitEvent} event */
export function submitter(event) {
  return event.submitter instanceof HTMLButtonElement ? event.submitter : null;
}

/** Whether it is a field that one types into, or a box to tick.
    @param {unknown} target
    @returns {target is TextField} */
export function isField(target) {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

/** The field with this name, or null.
    @param {ParentNode} form
    @param {string} name */
export function findField(form, name) {
  const found = form.querySelector(`[name="${name}"]`);
  return isField(found) ? found : null;
}

/** As `findField`, for a field that the form cannot do without.
    @param {ParentNode} form
    @param {string} name */
export function field(form, name) {
  const found = findField(form, name);
  if (!found) throw new TypeError(`The form has no field ${name}`);
  return found;
}

/** HTMLElement, where a caller names no narrower kind.
    @template {Element} E
    @returns {new () => E} */
function anyElement() {
  return /** @type {new () => E} */ (/** @type {unknown} */ (HTMLElement));
}
