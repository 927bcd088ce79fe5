import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";

import { FakeElement, happen, page } from "./page.js";

const { dragging, indexAt, scrollSpeed } = await import("../../digests/static/desk/drag.js");

const ROWS = [{ top: 100, height: 40 }, { top: 140, height: 80 }, { top: 220, height: 40 }];

test("A row goes before those whose middle lies below the pointer", () => {
  equal(indexAt(ROWS, 90), 0);
  equal(indexAt(ROWS, 119), 0);
  equal(indexAt(ROWS, 121), 1);
  equal(indexAt(ROWS, 179), 1);
  equal(indexAt(ROWS, 181), 2);
  equal(indexAt(ROWS, 239), 2);
});

test("Below the last row a row goes to the end", () => {
  equal(indexAt(ROWS, 1000), 3);
});

test("In an empty section a row is the first", () => {
  equal(indexAt([], 500), 0);
});

test("On the very middle of a row the pointer is not below it yet", () => {
  equal(indexAt(ROWS, 120), 0);
});

test("Away from the window's edges the page does not scroll", () => {
  equal(scrollSpeed(72, 800), 0);
  equal(scrollSpeed(400, 800), 0);
  equal(scrollSpeed(728, 800), 0);
});

test("Near an edge the page scrolls towards it, faster the nearer the pointer is", () => {
  equal(scrollSpeed(52, 800), -5);
  equal(scrollSpeed(0, 800), -18);
  equal(scrollSpeed(748, 800), 5);
  equal(scrollSpeed(800, 800), 18);
});

// Dragging

/** An element at a place on the screen.
    @param {{ top: number, height: number }} place */
function elementAt({ top, height }) {
  const box = { top, height, bottom: top + height, left: 0, right: 100, width: 100 };
  return Object.assign(new FakeElement(), { getBoundingClientRect: () => box });
}

const rows = ROWS.map(elementAt);
const list = Object.assign(elementAt({ top: 100, height: 160 }), { children: rows });
const pane = Object.assign(elementAt({ top: 0, height: 300 }), {
  found: { "[data-list]": [list] },
});
list.dataset.list = "4";
for (const [number, item] of ["7", "8", "9"].entries()) {
  rows[number].dataset.item = item;
  rows[number].matching.add("[data-item]");
}
rows[0].found[".headline"] = [new FakeElement()];

let mayDrop = true;
/** @type {unknown[]} */
const dropped = [];
const isDragging = dragging(
  () => mayDrop ? /** @type {HTMLElement} */ (/** @type {unknown} */ (pane)) : null,
  (...drop) => dropped.push(drop),
);

/** Tells the page of a pointer.
    @param {EventTarget} listener
    @param {string} type
    @param {number} clientY */
function point(listener, type, clientY) {
  const pointer = { isPrimary: true, button: 0, pointerId: 1, pointerType: "mouse" };
  happen(listener, type, rows[0], { ...pointer, clientX: 50, clientY });
}

/** Presses on the first row and moves the pointer down to below the last one. */
function drag() {
  dropped.length = 0;
  point(page, "pointerdown", 120);
  point(globalThis, "pointermove", 250);
}

test("A row is dropped where the pointer lets go of it, counted without the row itself", () => {
  drag();
  equal(isDragging(), true);
  point(globalThis, "pointerup", 250);
  equal(isDragging(), false);
  deepEqual(dropped, [["7", { section: "4", position: 3, before: "" }]]);
});

test("The story that a row is dropped before goes with the drop", () => {
  drag();
  point(globalThis, "pointermove", 230);
  point(globalThis, "pointerup", 230);
  deepEqual(dropped, [["7", { section: "4", position: 2, before: "9" }]]);
});

test("A press that hardly moves is no drag", () => {
  dropped.length = 0;
  point(page, "pointerdown", 120);
  point(globalThis, "pointermove", 123);
  equal(isDragging(), false);
  point(globalThis, "pointerup", 123);
  deepEqual(dropped, []);
});

test("Escape lets go of a row without dropping it", () => {
  drag();
  globalThis.dispatchEvent(Object.assign(new Event("keydown"), { key: "Escape" }));
  equal(isDragging(), false);
  point(globalThis, "pointerup", 250);
  deepEqual(dropped, []);
});

test("A row is dropped nowhere once the digest may not be composed any more", () => {
  drag();
  mayDrop = false;
  point(globalThis, "pointermove", 200);
  point(globalThis, "pointerup", 200);
  mayDrop = true;
  deepEqual(dropped, []);
});
