/* Elements of a page, checked to be of the kind that a script expects. */

/** @typedef {HTMLInputElement | HTMLTextAreaElement} TextField */

/** The first match if it is of this kind, else null.
    @template {Element} [E=HTMLElement]
    @param {ParentNode} root
    @param {string} selector
    @param {new () => E} [kind]
    @returns {E | null} */
export function find(root, selector, kind = anyElement()) {
  const found = root.querySelector(selector);
  return found instanceof kind ? found : null;
}

/** The first match; throws if there is none or it is of another kind.
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

/** All matches that are of this kind.
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

/** The nearest match at or around an event's target if it is of this kind, else null.
    @template {Element} [E=HTMLElement]
    @param {EventTarget | null} target
    @param {string} selector
    @param {new () => E} [kind]
    @returns {E | null} */
export function closest(target, selector, kind = anyElement()) {
  const found = target instanceof Element ? target.closest(selector) : null;
  return found instanceof kind ? found : null;
}

/** The button that sent a form, or null if something else did.
    @param {SubmitEvent} event */
export function submitter(event) {
  return event.submitter instanceof HTMLButtonElement ? event.submitter : null;
}

/** Whether a key belongs to an input method that composes a text, and to no handler of ours. Safari
    sends the Enter that ends a composition after its end: without `isComposing`, but with the code
    229 that all keys of an input method have.
    @param {KeyboardEvent} event */
export function isOfInputMethod(event) {
  return event.isComposing || event.keyCode === 229;
}

/** Whether it is an input of any type or a text area.
    @param {unknown} target
    @returns {target is TextField} */
export function isField(target) {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

/** The first element with this name if it is an input or a text area, else null.
    @param {ParentNode} form
    @param {string} name */
export function findField(form, name) {
  const found = form.querySelector(`[name="${name}"]`);
  return isField(found) ? found : null;
}

/** The first element with this name; throws if there is none or it is another kind of element.
    @param {ParentNode} form
    @param {string} name */
export function field(form, name) {
  const found = findField(form, name);
  if (!found) throw new TypeError(`The form has no field ${name}`);
  return found;
}

/** HTMLElement: the kind where a caller names none.
    @template {Element} E
    @returns {new () => E} */
function anyElement() {
  return /** @type {new () => E} */ (/** @type {unknown} */ (HTMLElement));
}
