/* Dragging stories by mouse, pen or finger, on Pointer Events. A finger drags by the handle alone,
   so that the page scrolls everywhere else; a mouse drags by the whole line. */

const FAR = 5; // pixels before a press becomes a drag
const EDGE = 72; // so near the window's edge the page scrolls by itself
const FIELDS = "a, button:not(.handle), input, select, textarea, .text";

/** Calls `drop({ item, section, position })` when a row ([data-item]) is let go over a list
    ([data-list]) of `area()`; `position` counts from 1 without the row itself. Gives a function
    that tells whether something is being dragged. */
export function dragging(area, drop) {
  let held = null; // { row, id, x, y, isDragged, spot }
  const line = mark("drop-line");
  const ghost = mark("drag-ghost");

  document.addEventListener("pointerdown", (event) => {
    const row = event.target.closest("[data-item]");
    if (!row || held || !event.isPrimary || event.button !== 0 || !area()) return;
    const grip = event.target.closest(".handle");
    if (event.pointerType === "touch" ? !grip : event.target.closest(FIELDS)) return;
    held = {
      row,
      id: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      isDragged: false,
      spot: null,
    };
  });

  addEventListener("pointermove", (event) => {
    if (!held || event.pointerId !== held.id) return;
    if (!held.isDragged && Math.hypot(event.clientX - held.x, event.clientY - held.y) < FAR) return;
    if (!held.isDragged) begin();
    [held.x, held.y] = [event.clientX, event.clientY];
    follow();
  });

  addEventListener("pointerup", (event) => {
    if (event.pointerId !== held?.id) return;
    const { spot, isDragged } = held;
    end();
    if (isDragged && spot) drop(spot);
  });
  addEventListener("pointercancel", (event) => {
    if (event.pointerId === held?.id) end();
  });
  addEventListener("blur", () => {
    if (held) end();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !held) return;
    event.preventDefault();
    event.stopPropagation();
    end();
  }, true);

  function begin() {
    held.isDragged = true;
    held.row.classList.add("dragged");
    document.body.classList.add("dragging");
    getSelection().empty();
    ghost.textContent = held.row.querySelector(".headline").textContent;
    ghost.hidden = false;
    requestAnimationFrame(scroll);
  }

  function end() {
    held.row.classList.remove("dragged");
    document.body.classList.remove("dragging");
    line.hidden = ghost.hidden = true;
    held = null;
  }

  function follow() {
    ghost.style.transform = `translate(${held.x + 14}px, ${held.y + 10}px)`;
    held.spot = spotAt(held.x, held.y);
    line.hidden = !held.spot;
  }

  /** The page moves on while the pointer stays near an edge. */
  function scroll() {
    if (!held?.isDragged) return;
    const above = EDGE - held.y;
    const below = held.y - (innerHeight - EDGE);
    const speed = above > 0 ? -above : Math.max(below, 0);
    if (speed) {
      scrollBy(0, speed / 4);
      follow();
    }
    requestAnimationFrame(scroll);
  }

  /** Where the row would stand if it were let go here; draws the line there. */
  function spotAt(x, y) {
    const pane = area();
    const box = pane.getBoundingClientRect();
    if (x < box.left - 24 || x > box.right + 24) return null;
    const lists = [...pane.querySelectorAll("[data-list]")];
    const list = lists.findLast((each) => each.parentElement.getBoundingClientRect().top <= y) ??
      lists[0];
    const rows = [...list.children].filter((row) => row !== held.row);
    const boxes = rows.map((row) => row.getBoundingClientRect());
    const index = boxes.filter((each) => each.top + each.height / 2 < y).length;
    const around = list.getBoundingClientRect();
    const top = boxes[index]?.top ?? boxes.at(-1)?.bottom ?? around.bottom;
    line.style.transform = `translate(${around.left}px, ${top - 1.5}px)`;
    line.style.width = `${around.width}px`;
    return {
      item: Number(held.row.dataset.item),
      section: list.dataset.list,
      position: index + 1,
    };
  }

  return () => held !== null && held.isDragged;
}

function mark(name) {
  const element = document.createElement("div");
  element.className = name;
  element.hidden = true;
  element.setAttribute("aria-hidden", "true");
  document.body.append(element);
  return element;
}
