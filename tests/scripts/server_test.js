import { deepEqual, equal, rejects } from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { answerBy, page, requests } from "./page.js";

const { Redirect, Refused, send, token } = await import("../../digests/static/desk/server.js");

/** @param {string} address
    @param {import("../../digests/static/desk/server.js").Options} [options] */
const ask = (address, options = {}) => send(address, (name) => `(${name})`, options);

/** The sentence and the status of what a request is refused with.
    @param {import("../../digests/static/desk/server.js").Options} [options] */
async function refusal(options) {
  try {
    await ask("/somewhere/", options);
  } catch (trouble) {
    if (trouble instanceof Refused) return [trouble.message, trouble.status];
    throw trouble;
  }
  throw new Error("Nothing was refused");
}

/** @param {string} text
    @param {string} type */
const answer = (text, type, status = 200) =>
  new Response(text, { status, headers: { "Content-Type": type } });

beforeEach(() => page.cookie = "theme=dark; csrftoken=abc=; other=1");

// What is sent

test("The token is that of the cookie as it is now, and empty without one", () => {
  equal(token(), "abc=");
  page.cookie = "csrftoken=renewed";
  equal(token(), "renewed");
  page.cookie = "notcsrftoken=other";
  equal(token(), "");
});

test("What changes something carries the token, what reads does not", async () => {
  answerBy(() => Response.json({}));
  await ask("/read/");
  await ask("/write/", { method: "POST", body: "text" });
  deepEqual(requests.map(({ options }) => options.headers), [{}, { "X-CSRFToken": "abc=" }]);
  equal(requests[1].options.body, "text");
});

test("A heartbeat is told from what the user did, and may go on when the page is left", async () => {
  answerBy(() => new Response(null, { status: 204 }));
  equal(await ask("/presence/", { heartbeat: true, keepalive: true }), null);
  deepEqual(requests[0].options.headers, { "X-Heartbeat": "1" });
  equal(requests[0].options.keepalive, true);
});

test("A request can be called off", async () => {
  const asking = new AbortController();
  answerBy((_address, { signal }) =>
    new Promise((_resolve, reject) =>
      signal?.addEventListener("abort", () => reject(signal.reason))
    )
  );
  const refused = refusal({ signal: asking.signal });
  asking.abort();
  deepEqual(await refused, ["(Unreachable)", 0]);
});

for (
  const [what, options, given] of /** @type {const} */ ([
    ["half a minute", {}, 30_000],
    ["as long as it was given", { timeout: 90_000 }, 90_000],
  ])
) {
  test(`A request that is not answered is given up after ${what}`, async () => {
    const real = AbortSignal.timeout;
    const clock = new AbortController();
    /** @type {number[]} */
    const set = [];
    AbortSignal.timeout = (milliseconds) => {
      set.push(milliseconds);
      return clock.signal;
    };
    answerBy((_address, { signal }) =>
      new Promise((_resolve, reject) =>
        signal?.addEventListener("abort", () => reject(signal.reason))
      )
    );
    const refused = refusal(options);
    AbortSignal.timeout = real;
    clock.abort();
    deepEqual(await refused, ["(Unreachable)", 0]);
    deepEqual(set, [given]);
  });
}

// What is answered

test("No answer, and one that breaks off, are refusals without a status", async () => {
  answerBy(() => Promise.reject(new TypeError("offline")));
  deepEqual(await refusal(), ["(Unreachable)", 0]);
  answerBy(() => answer('{"version": ', "application/json"));
  deepEqual(await refusal(), ["(Unreachable)", 0]);
});

test("An answer of the type that was asked for is given, whatever its encoding", async () => {
  answerBy(() => answer("<p>你好", "text/html; charset=utf-8"));
  equal(await ask("/preview/", { type: "text/html" }), "<p>你好");
  answerBy(() => answer('{"version": 3}', "application/json; charset=utf-8"));
  deepEqual(await ask("/items/"), { version: 3 });
});

test("A good answer of another type is by somebody else, and refused", async () => {
  answerBy(() => answer("<p>Welcome", "text/html"));
  deepEqual(await refusal(), ["(Failed)", 200]);
  answerBy(() => answer('"<p>"', "application/json"));
  deepEqual(await refusal({ type: "text/html" }), ["(Failed)", 200]);
  answerBy(() => answer("<p>", "text/plain"));
  deepEqual(await refusal({ type: "text/html" }), ["(Failed)", 200]);
  answerBy(() => new Response(null, { status: 204 }));
  deepEqual(await refusal({ type: "text/html" }), ["(Failed)", 204]);
});

test("An answer that leads to another page tells the version that was reached", async () => {
  const headers = { "X-Location": "/next/", "X-Version": "9" };
  answerBy(() => new Response("", { headers }));
  await rejects(ask("/write/", { method: "POST" }), new Redirect("/next/", 9));
});

test("A refusal has the server's sentence, and the page's where it gives none", async () => {
  answerBy(() => Response.json({ detail: "Too long." }, { status: 413 }));
  deepEqual(await refusal({ type: "text/html" }), ["Too long.", 413]);
  answerBy(() => Response.json(null, { status: 500 }));
  deepEqual(await refusal(), ["(Failed)", 500]);
  answerBy(() => answer("<h1>Bad Gateway", "text/html", 502));
  deepEqual(await refusal({ type: "text/html" }), ["(Failed)", 502]);
});

// Signed out

const SIGNED_OUT = {
  "The API's 401": () => Response.json({ detail: "Unauthorized" }, { status: 401 }),
  "A redirect to the sign-in": () =>
    Object.defineProperty(answer("<form>", "text/html"), "redirected", { value: true }),
  "A 403 when the cookie of the token has gone": () => {
    page.cookie = "theme=dark";
    return answer("<h1>Forbidden", "text/html", 403);
  },
};

for (const [name, response] of Object.entries(SIGNED_OUT)) {
  test(`${name} means that the user is signed out`, async () => {
    answerBy(response);
    deepEqual(await refusal({ type: "text/html" }), ["(SignedOut)", 401]);
  });
}

test("A 403 while the cookie of the token is there is for lack of a right", async () => {
  answerBy(() => Response.json({ detail: "You may not." }, { status: 403 }));
  deepEqual(await refusal({ method: "POST" }), ["You may not.", 403]);
});

test("Where the page says that the user is signed out, there is no sentence to say again", async () => {
  page.addEventListener("signed-out", (event) => event.preventDefault(), { once: true });
  answerBy(SIGNED_OUT["The API's 401"]);
  deepEqual(await refusal(), ["", 401]);
  deepEqual(await refusal(), ["(SignedOut)", 401]);
});
