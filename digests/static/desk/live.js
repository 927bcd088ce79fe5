/* Pages that follow what others do: while one is visible it asks again and again whether anything
   that it shows has changed, and only then reads itself again. */

import { api, Refused } from "./desk.js";
import { find } from "./dom.js";

const EVERY = 4000; // ms
const AFTER_FAILURE = 30000;
const AGES = 5 * 60000; // how old the times may grow that a page tells, such as “3 min”

/** What the page has seen, as the server wrote it into one of its regions. */
const seen = () => find(document, "[data-seen]")?.dataset.seen;

/** Calls `show` when something has changed that the page shows. A user who is signed out is asked
    about no more, until they come back to the page. What is no longer there is followed no more;
    `end` says so.
    @param {() => Promise<unknown>} show
    @param {() => void} [end] */
export function followChanges(show, end = () => {}) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let askedAt = Date.now();
  let shownAt = askedAt;
  let isGone = false;

  /** @param {number} pause */
  function askAfter(pause) {
    clearTimeout(timer);
    const wait = Math.max(askedAt + pause - Date.now(), 0);
    if (!document.hidden && !isGone) timer = setTimeout(ask, wait);
  }

  async function ask() {
    askedAt = Date.now();
    let pause = EVERY;
    try {
      if (await isOutdated(askedAt - shownAt > AGES)) {
        shownAt = askedAt;
        await show();
      }
    } catch (trouble) {
      if (!(trouble instanceof Refused)) throw trouble;
      if (trouble.status === 401) return;
      if (trouble.status === 404) {
        isGone = true;
        end();
        return;
      }
      pause = AFTER_FAILURE;
    }
    askAfter(pause);
  }

  if (!seen()) return;
  askAfter(EVERY);
  document.addEventListener("visibilitychange", () => askAfter(EVERY));
}

/** @param {boolean} isOld */
async function isOutdated(isOld) {
  const before = seen();
  const path = `changes/?seen=${before}`;
  /** @type {{ changed: boolean }} */
  const { changed } = await api("GET", path, undefined, { heartbeat: true });
  // An act may have brought what is new meanwhile.
  return (changed && seen() === before) || isOld;
}
