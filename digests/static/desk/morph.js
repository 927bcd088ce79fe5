/* Changing a part of the page into its newer form, element by element: what stays is the very
   element that it was. So nobody loses the focus, a selection, or what they type, unfold or hold. */

import { all, closest, isField } from "./dom.js";

/** What is being changed, and the ids that it will have.
    @typedef {{ root: Element, ids: Set<string> }} Part */

/** Elements with an id are the same wherever they stand; those without, where they stand in a row.
    Text in [data-keep] that is not saved ([data-dirty]) stays as it is.
    @param {Element} old
    @param {Element} next */
export function morph(old, next) {
  const ids = new Set([...next.querySelectorAll("[id]")].map(({ id }) => id));
  morphElement(old, next, { root: old, ids });
}

/** @param {Element} old
    @param {Element} next
    @param {Part} part */
function morphElement(old, next, part) {
  if (old.matches("[data-keep][data-dirty]")) return;
  const follow = followValue(old);
  morphAttributes(old, next);
  morphChildren(old, next, part);
  follow();
}

/** @param {Element} old
    @param {Element} next */
function morphAttributes(old, next) {
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name) && !isEditors(old, name)) old.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (old.getAttribute(name) !== value && !isEditors(old, name)) old.setAttribute(name, value);
  }
}

/** Whether an attribute tells what the editor has unfolded or opened.
    @param {Element} element
    @param {string} name */
function isEditors(element, name) {
  return (name === "open" && element.matches("details, dialog")) ||
    (name === "hidden" && element.matches("[data-text]"));
}

/** @param {Element} old
    @param {Element} next
    @param {Part} part */
function morphChildren(old, next, part) {
  for (const child of [...old.children]) {
    if (child.id && !part.ids.has(child.id)) child.remove();
  }
  let here = old.firstChild;
  for (const wanted of next.childNodes) {
    const same = sameAs(wanted, here, part);
    // What has no id goes, rather than that the element is moved, which would take its focus.
    while (same && here && here !== same && !idOf(here)) here = removed(here);
    if (!same) {
      old.insertBefore(document.importNode(wanted, true), here);
      continue;
    }
    if (same === here) here = here.nextSibling;
    else old.insertBefore(same, here);
    if (same instanceof Element && wanted instanceof Element) morphElement(same, wanted, part);
    else if (same.nodeValue !== wanted.nodeValue) same.nodeValue = wanted.nodeValue;
  }
  // What has an id is still to be moved to another place.
  while (here) here = idOf(here) ? here.nextSibling : removed(here);
}

/** Removes a node. Gives the one after it.
    @param {ChildNode} node */
function removed(node) {
  const after = node.nextSibling;
  node.remove();
  return after;
}

/** The node that is to become `wanted`, if there is one: that with its id, or else the one `here`.
    @param {Node} wanted
    @param {ChildNode | null} here
    @param {Part} part
    @returns {ChildNode | null} */
function sameAs(wanted, here, { root }) {
  const id = idOf(wanted);
  const found = id ? root.querySelector(`#${CSS.escape(id)}`) : here;
  return found && found.nodeName === wanted.nodeName && idOf(found) === id ? found : null;
}

/** @param {Node} node */
const idOf = (node) => (node instanceof Element ? node.id : "");

/** To be called before a field is changed; gives what is to be called after: a field in which
    nothing was typed or chosen shows its new value.
    @param {Element} element */
function followValue(element) {
  if (isField(element) && element.value === element.defaultValue) {
    return () => {
      if (element.value !== element.defaultValue) element.value = element.defaultValue;
    };
  }
  if (element instanceof HTMLSelectElement && element.selectedIndex === presetOf(element)) {
    return () => {
      element.selectedIndex = presetOf(element);
    };
  }
  return () => {};
}

/** The index of the option that the server chose.
    @param {HTMLSelectElement} select */
function presetOf(select) {
  return Math.max([...select.options].findIndex((option) => option.defaultSelected), 0);
}

/** To be called before the page changes; gives what is to be called after, which scrolls so that
    what the editor looks at stays where it was: what has the focus, or else the topmost row.
    @returns {() => void} */
export function holdScroll() {
  const held = heldElement();
  const before = held?.getBoundingClientRect().top ?? 0;
  return () => {
    if (!held?.isConnected) return;
    scrollerOf(held).scrollTop += held.getBoundingClientRect().top - before;
  };
}

/** @returns {Element | null} */
function heldElement() {
  const active = closest(document.activeElement, "[data-region] *");
  if (active && isInView(active)) return active;
  const first = all(document, "[data-region] li[id]").find(isInView);
  // Whoever is at the top stays there, whatever comes above the rows.
  return first && scrollerOf(first).scrollTop > 0 ? first : null;
}

/** @param {Element} element */
function isInView(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight && bottom > top;
}

/** @param {Element} element
    @returns {Element} */
function scrollerOf(element) {
  for (let around = element.parentElement; around; around = around.parentElement) {
    const scrolls = /auto|scroll/.test(getComputedStyle(around).overflowY);
    if (scrolls && around.scrollHeight > around.clientHeight) return around;
  }
  return document.scrollingElement ?? document.documentElement;
}
