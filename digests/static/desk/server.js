/* Requests to the server: each carries the token of the cookie, and a refusal has a sentence to
   show. Whoever is signed out keeps what is on the page. */

import { find } from "./dom.js";

const JSON_TYPE = "application/json";
const TIMEOUT = 30_000; // ms; an answer that never comes must not hold later acts back

/** What the server says of a refusal.
    @typedef {{ detail?: unknown }} Problem */

/** A `heartbeat` is sent by a page that merely stands open: it does not prolong the session.
    @typedef {{ heartbeat?: boolean, keepalive?: boolean }} Manner */

/** `type`: the content type of a good answer; `timeout`: how many milliseconds it may take.
    @typedef {{
      method?: string, headers?: Record<string, string>, body?: BodyInit, type?: string,
      signal?: AbortSignal, timeout?: number
    } & Manner} Options */

/** What was not done, and why. `status` 0: there was no answer. */
export class Refused extends Error {
  /** @param {string} sentence
      @param {number} status */
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

/** What was done, when the work goes on at another page, which tells of it. `version`: that of the
    row as it is then. */
export class Redirect {
  /** @param {string} address
      @param {number} version */
  constructor(address, version) {
    this.address = address;
    this.version = version;
  }
}

/** Sends a request and returns what a good answer holds: JSON's data or a text. Throws `Refused`
    with the server's sentence or one of the page's: `message(name)` of “Unreachable”, “SignedOut”
    or “Failed”; or `Redirect`, where the answer leads to another page.
    @param {string} address
    @param {(name: string) => string} message
    @param {Options} options
    @returns {Promise<unknown>} */
export async function send(
  address,
  message,
  {
    method = "GET",
    headers = {},
    heartbeat = false,
    type = JSON_TYPE,
    signal,
    timeout = TIMEOUT,
    ...others
  },
) {
  const ends = [AbortSignal.timeout(timeout), ...(signal ? [signal] : [])];
  let answer;
  let content;
  try {
    answer = await fetch(address, {
      ...others,
      method,
      signal: AbortSignal.any(ends),
      headers: {
        ...headers,
        ...(method === "GET" ? {} : { "X-CSRFToken": token() }),
        ...(heartbeat ? { "X-Heartbeat": "1" } : {}),
      },
    });
    content = await read(answer);
  } catch {
    throw new Refused(message("Unreachable"), 0); // or it broke off, was called off or took too long
  }
  // Pages lead to the sign-in; and nothing is done where the cookie of the token has gone as well.
  if (answer.redirected || answer.status === 401 || (answer.status === 403 && !token())) {
    // A page that shows this itself cancels the event, so that nothing says it twice.
    const isShown = !document.dispatchEvent(new Event("signed-out", { cancelable: true }));
    throw new Refused(isShown ? "" : message("SignedOut"), 401);
  }
  const next = answer.headers.get("X-Location");
  if (answer.ok && next) throw new Redirect(next, Number(answer.headers.get("X-Version")));
  const answered = typeOf(answer);
  if (answer.ok && answered === type) return content;
  const problem = /** @type {Problem} */ (answered === JSON_TYPE && content || {});
  const sentence = typeof problem.detail === "string" ? problem.detail : message("Failed");
  throw new Refused(sentence, answer.status);
}

/** The cookie, not a form's token: signing in again, in another tab, renews the cookie. */
export function token() {
  const start = `${find(document, "[data-csrf-cookie]")?.dataset.csrfCookie}=`;
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith(start));
  return cookie?.slice(start.length) ?? "";
}

/** @param {Response} answer
    @returns {Promise<unknown>} */
async function read(answer) {
  if (answer.status === 204) return null;
  return await (typeOf(answer) === JSON_TYPE ? answer.json() : answer.text());
}

/** The content type of an answer. One without content counts as JSON's null.
    @param {Response} answer */
function typeOf(answer) {
  if (answer.status === 204) return JSON_TYPE;
  return answer.headers.get("Content-Type")?.split(";")[0];
}
