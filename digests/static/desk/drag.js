/* Dragging stories by mouse, pen or finger, on Pointer Events. A finger drags by the handle alone,
   so that the page scrolls everywhere else; a mouse drags by the whole line. */

import { all, closest, element } from "./dom.js";

const FAR = 5; // pixels before a press becomes a drag
const EDGE = 72; // so near the window's edge the page scrolls by itself
const FIELDS = "a, button:not(.handle), input, select, textarea, .text";

/** Where a row is to go, counted without the row itself.
    @typedef {import("./positions.js").Drop} Drop */

/** The row under a pointer that is pressed.
    @typedef {{
      row: HTMLElement, id: number, x: number, y: number, isDragged: boolean,
      destination: Drop | null
    }} Press */

/** Calls `drop` with a row's item ([data-item]) when it is let go over a list ([data-list]) of
    `area()`. Gives a function that tells whether something is being dragged.
    @param {() => HTMLElement | null} area
    @param {(item: string, destination: Drop) => void} drop */
export function dragging(area, drop) {
  /** @type {Press | null} */
  let press = null;
  const line = overlay("drop-line");
  const ghost = overlay("drag-ghost");

  document.addEventListener("pointerdown", (event) => {
    const row = closest(event.target, "[data-item]");
    if (!row || press || !event.isPrimary || event.button !== 0 || !area()) return;
    const grip = closest(event.target, ".handle");
    if (event.pointerType === "touch" ? !grip : closest(event.target, FIELDS)) return;
    press = {
      row,
      id: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      isDragged: false,
      destination: null,
    };
  });

  addEventListener("pointermove", (event) => {
    if (!press || event.pointerId !== press.id) return;
    if (!press.isDragged && Math.hypot(event.clientX - press.x, event.clientY - press.y) < FAR) {
      return;
    }
    if (!press.isDragged) begin(press);
    [press.x, press.y] = [event.clientX, event.clientY];
    follow(press);
  });

  addEventListener("pointerup", (event) => {
    if (!press || event.pointerId !== press.id) return;
    const { row, destination, isDragged } = press;
    end();
    if (isDragged && destination) drop(row.dataset.item ?? "", destination);
  });
  addEventListener("pointercancel", (event) => {
    if (event.pointerId === press?.id) end();
  });
  addEventListener("blur", end);
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !press) return;
    event.preventDefault();
    event.stopPropagation();
    end();
  }, true);

  /** @param {Press} drag */
  function begin(drag) {
    drag.isDragged = true;
    drag.row.classList.add("dragged");
    document.body.classList.add("dragging");
    getSelection()?.empty();
    ghost.textContent = element(drag.row, ".headline").textContent;
    ghost.hidden = false;
    requestAnimationFrame(scroll);
  }

  function end() {
    press?.row.classList.remove("dragged");
    document.body.classList.remove("dragging");
    line.hidden = ghost.hidden = true;
    press = null;
  }

  /** @param {Press} drag */
  function follow(drag) {
    ghost.style.transform = `translate(${drag.x + 14}px, ${drag.y + 10}px)`;
    drag.destination = destinationAt(drag);
    line.hidden = !drag.destination;
  }

  /** The page moves on while the pointer stays near an edge. */
  function scroll() {
    if (!press?.isDragged) return;
    const speed = scrollSpeed(press.y, innerHeight);
    if (speed) {
      scrollBy(0, speed);
      follow(press);
    }
    requestAnimationFrame(scroll);
  }

  /** Where the row would stand if it were let go here; draws the line there.
      @param {Press} drag
      @returns {Drop | null} */
  function destinationAt({ row, x, y }) {
    const pane = area();
    if (!pane || !isBeside(boxOf(pane), x)) return null;
    const lists = all(pane, "[data-list]");
    const list = lists.findLast((each) => topOf(each) <= y) ?? lists[0];
    const rows = [...list.children].filter((each) => each !== row);
    const boxes = rows.map(boxOf);
    const index = indexAt(boxes, y);
    const around = boxOf(list);
    const top = boxes[index]?.top ?? boxes.at(-1)?.bottom ?? around.bottom;
    line.style.transform = `translate(${around.left}px, ${top - 1.5}px)`;
    line.style.width = `${around.width}px`;
    const before = closest(rows[index], "[data-item]")?.dataset.item ?? "";
    return { section: list.dataset.list ?? "", position: index + 1, before };
  }

  return () => press !== null && press.isDragged;
}

/** @param {Element} each */
const boxOf = (each) => each.getBoundingClientRect();

/** Where a list begins: with its section's head, which stands beside it.
    @param {HTMLElement} list */
const topOf = (list) => boxOf(list.parentElement ?? list).top;

/** Whether a pointer is over a pane or just outside it.
    @param {{ left: number, right: number }} box
    @param {number} x */
const isBeside = ({ left, right }, x) => x >= left - 24 && x <= right + 24;

/** How many of the rows lie above the pointer: by more than their half.
    @param {{ top: number, height: number }[]} boxes
    @param {number} y */
export function indexAt(boxes, y) {
  return boxes.filter(({ top, height }) => top + height / 2 < y).length;
}

/** Pixels to scroll by at each frame: none away from the window's edges, more the nearer to one.
    @param {number} y
    @param {number} height */
export function scrollSpeed(y, height) {
  const above = EDGE - y;
  const below = y - (height - EDGE);
  return (above > 0 ? -above : Math.max(below, 0)) / 4;
}

/** @param {string} name */
function overlay(name) {
  const drawn = document.createElement("div");
  drawn.className = name;
  drawn.hidden = true;
  drawn.setAttribute("aria-hidden", "true");
  document.body.append(drawn);
  return drawn;
}
