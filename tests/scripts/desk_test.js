import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";

import { answerBy, FakeElement, FakeForm, page, pages, requests, screen, shown } from "./page.js";

const { api, enqueue, post, refresh, Refused, message } = await import(
  "../../digests/static/desk/desk.js"
);

const json = (/** @type {unknown} */ data, status = 200) => Response.json(data, { status });

/** What an act that was refused throws.
    @param {() => Promise<unknown>} act */
async function refusalOf(act) {
  try {
    await act();
  } catch (trouble) {
    if (trouble instanceof Refused) return trouble;
    throw trouble;
  }
  throw new Error("Nothing was refused");
}

/** The addresses that the page went to.
    @type {string[]} */
const gone = [];
const assign = (/** @type {string} */ address) => gone.push(address);
Object.assign(globalThis, { location: { assign, search: "" } });

// The queue

test("Acts are done in the order they were asked for, each when the one before has ended", async () => {
  /** @type {string[]} */
  const log = [];
  const first = Promise.withResolvers();
  const slow = enqueue(async () => {
    log.push("slow begins");
    await first.promise;
    log.push("slow ends");
  });
  const quick = enqueue(() => log.push("quick"));
  await new Promise((resolve) => setTimeout(resolve));
  deepEqual(log, ["slow begins"]);
  first.resolve(undefined);
  await Promise.all([slow, quick]);
  deepEqual(log, ["slow begins", "slow ends", "quick"]);
});

test("Whoever asked gets the outcome of their own act", async () => {
  deepEqual(await Promise.all([enqueue(() => 1), enqueue(() => Promise.resolve("two"))]), [
    1,
    "two",
  ]);
});

test("A refusal is shown as a sentence, and holds no other act back", async () => {
  const refused = enqueue(() => {
    throw new Refused("Mira was faster.", 409);
  });
  const next = enqueue(() => "done");
  equal(await refused, undefined);
  deepEqual(shown(), ["Mira was faster."]);
  equal(await next, "done");
});

test("An error of ours is told of and thrown, and holds no other act back", async () => {
  const broken = enqueue(() => {
    throw new TypeError("a slip");
  });
  const next = enqueue(() => "done");
  await rejects(broken, /a slip/);
  deepEqual(shown(), ["It failed."]);
  equal(await next, "done");
});

test("An act that leads to another page goes there, and says nothing here", async () => {
  await enqueue(() => {
    throw new Refused("An earlier sentence.", 409);
  });
  answerBy(() => new Response("", { headers: { "X-Location": "/next/" } }));
  equal(await enqueue(() => refresh(["list"], "/write/")), undefined);
  deepEqual(gone, ["/next/"]);
  deepEqual(shown(), ["An earlier sentence."]);
});

test("Whoever is signed out is not told a second time by the act that found it out", async () => {
  await enqueue(() => {
    throw new Refused("Something else.", 409);
  });
  await enqueue(() => {
    throw new Refused("Signed out.", 401);
  });
  deepEqual(shown(), ["Something else."]);
});

// The API

test("A body goes to the API as JSON, with the token of the cookie", async () => {
  page.cookie = "theme=dark; csrftoken=abc=; other=1";
  answerBy(() => json({ version: 3 }));
  deepEqual(await api("POST", "digests/1/place/", { item: 7 }), { version: 3 });
  const [{ address, options }] = requests;
  equal(address, "/api/desk/digests/1/place/");
  equal(options.method, "POST");
  equal(options.body, '{"item":7}');
  deepEqual(options.headers, { "Content-Type": "application/json", "X-CSRFToken": "abc=" });
});

test("A refusal carries the server's sentence and its status", async () => {
  answerBy(() => json({ detail: "Somebody was faster." }, 409));
  const refusal = await refusalOf(() => api("PUT", "items/1/draft/", {}));
  equal(refusal.message, "Somebody was faster.");
  equal(refusal.status, 409);
});

test("The sign-in stands on the page from a 401 until the next good answer", async () => {
  answerBy(() => json({ detail: "Unauthorized" }, 401));
  equal((await refusalOf(() => api("GET", "items/"))).status, 401);
  equal((await refusalOf(() => api("GET", "items/"))).status, 401);
  equal(screen.children.length, 1);
  equal(screen.children[0].isConnected, true);
  answerBy(() => json({}));
  await api("GET", "items/");
  equal(screen.children[0].isConnected, false);
});

// Sentences

test("What stands in a sentence's braces is taken as it is", () => {
  screen.dataset.saysPut = "{what} into {where}";
  equal(message("Put", { what: "“$& {where}”", where: 7 }), "“$& 7” into {where}");
});

test("A sentence that a page has not is empty", () => {
  equal(message("Unheard"), "");
});

// Regions

/** A page in which the region “list” is this element.
    @param {FakeElement} list */
const withList = (list) => ({ '[data-region="list"]': [list] });

/** @param {string} name */
function listOf(name) {
  const list = new FakeElement();
  list.dataset.region = "list";
  list.textContent = name;
  return list;
}

const html = (/** @type {string} */ text) =>
  new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8" } });

const emptyForm = /** @type {any} */ (
  Object.assign(new FakeForm(), { action: "http://localhost/admin/inbox/" })
);
globalThis.FormData = class extends FormData {
  constructor() {
    super(); // of a form without fields
  }
};

test("A region is put in the place of the old one", async () => {
  const old = listOf("old");
  Object.assign(page.found, withList(old));
  pages.new = withList(listOf("new"));
  answerBy(() => html("new"));
  await refresh(["list"], "/inbox/");
  equal(old.replacedBy?.textContent, "new");
});

test("An answer that is no page is a refusal, and leaves the page as it is", async () => {
  const old = listOf("old");
  Object.assign(page.found, withList(old));
  answerBy(() => new Response("Proxy is busy", { headers: { "Content-Type": "text/plain" } }));
  equal((await refusalOf(() => refresh(["list"], "/inbox/"))).message, "It failed.");
  equal(old.replacedBy, null);
});

test("An answer to an earlier question is older than the page and not shown", async () => {
  const old = listOf("old");
  Object.assign(page.found, withList(old));
  pages.earlier = withList(listOf("earlier"));
  pages.later = withList(listOf("later"));
  /** @type {PromiseWithResolvers<Response>} */
  const slow = Promise.withResolvers();
  answerBy((address) => address === "/slow/" ? slow.promise : html("later"));
  const first = refresh(["list"], "/slow/");
  await refresh(["list"], "/quick/");
  slow.resolve(html("earlier"));
  await first;
  equal(old.replacedBy?.textContent, "later");
});

for (const moment of ["before", "during"]) {
  test(`An answer to what was asked ${moment} an act, and comes after it, is not shown`, async () => {
    const old = listOf("old");
    Object.assign(page.found, withList(old));
    pages.before = withList(listOf("before the act"));
    pages.after = withList(listOf("after the act"));
    /** @type {PromiseWithResolvers<Response>} */
    const slow = Promise.withResolvers();
    /** @type {PromiseWithResolvers<Response>} */
    const acting = Promise.withResolvers();
    answerBy((address) => address === "/slow/" ? slow.promise : acting.promise);
    const look = () => refresh(["list"], "/slow/");
    const act = () => post(emptyForm, ["list"]);
    const [first, second] = moment === "before" ? [look, act] : [act, look];
    const both = [first(), second()];
    acting.resolve(html("after"));
    await both[moment === "before" ? 1 : 0];
    slow.resolve(html("before"));
    await Promise.all(both);
    equal(old.replacedBy?.textContent, "after the act");
  });
}

test("After an act a region is shown again as a later look finds it", async () => {
  const old = listOf("old");
  Object.assign(page.found, withList(old));
  pages.after = withList(listOf("after the act"));
  pages.later = withList(listOf("later"));
  answerBy((address) => html(address === "/later/" ? "later" : "after"));
  await post(emptyForm, ["list"]);
  await refresh(["list"], "/later/");
  equal(old.replacedBy?.textContent, "later");
});

test("A field with unsaved text stays the very element it is", async () => {
  const old = listOf("old");
  const typed = Object.assign(new FakeElement(), { id: "fields-3" });
  old.found["[data-keep][data-dirty]"] = [typed];
  const fresh = listOf("new");
  const saved = new FakeElement();
  fresh.found["#fields-3"] = [saved];
  Object.assign(page.found, withList(old));
  pages.new = withList(fresh);
  answerBy(() => html("new"));
  await refresh(["list"], "/compose/");
  equal(old.replacedBy, fresh);
  equal(saved.replacedBy, typed);
});
