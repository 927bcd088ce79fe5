/* Keeps the times up to date that a page says are left until something is due. The server has written
   how many seconds were left, so what the browser's own clock shows does not matter. */

import { all, find } from "./dom.js";

const EVERY = 5000; // ms
const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** When each is due by this browser's clock, and from how many seconds left that was reckoned.
    @type {WeakMap<HTMLElement, { text: string, due: number }>} */
const known = new WeakMap();

/** @typedef {{ in: string, late: string, now: string, minutes: string, hours: string, days: string }}
    Words */

/** A length of time in one short word.
    @param {number} seconds
    @param {Words} words */
export function lengthOf(seconds, words) {
  const [sentence, count] = seconds < HOUR
    ? [words.minutes, seconds / MINUTE]
    : seconds < 48 * HOUR
    ? [words.hours, seconds / HOUR]
    : [words.days, seconds / (24 * HOUR)];
  return sentence.replace("{count}", String(Math.floor(count)));
}

/** What is said when so many seconds are left.
    @param {number} left
    @param {Words} words */
export function sentenceOf(left, words) {
  if (Math.abs(left) < MINUTE) return words.now;
  const sentence = left < 0 ? words.late : words.in;
  return sentence.replace("{time}", lengthOf(Math.abs(left), words));
}

/** @param {number} left
    @param {number} danger */
export function levelOf(left, danger) {
  if (left <= -MINUTE) return "late";
  return left < Math.max(danger, MINUTE) ? "soon" : "calm";
}

/** @param {HTMLElement} each */
function dueOf(each) {
  const text = each.dataset.countdown ?? "";
  const before = known.get(each);
  if (before?.text === text) return before.due;
  const due = Date.now() + Number(text) * 1000;
  known.set(each, { text, due });
  return due;
}

/** Says the times again, which also begins to count down those that have come. */
export function tick() {
  const words = /** @type {Words | undefined} */ (
    find(document, "[data-countdown-words]")?.dataset
  );
  if (!words) return;
  for (const each of all(document, "[data-countdown]")) {
    const left = (dueOf(each) - Date.now()) / 1000;
    const isBare = "bare" in each.dataset;
    const text = isBare
      ? lengthOf(Math.max(Math.abs(left), MINUTE), words)
      : sentenceOf(left, words);
    if (each.textContent !== text) each.textContent = text;
    if (!isBare) each.dataset.level = levelOf(left, Number(each.dataset.danger));
  }
}

tick();
setInterval(tick, EVERY);
document.addEventListener("desk:refreshed", tick);
