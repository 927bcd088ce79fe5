import { equal } from "node:assert/strict";
import { test } from "node:test";

import SENTENCES from "./sentences.json" with { type: "json" };
import { joined, listed } from "../../digests/static/desk/texts.js";

/** @param {string} lang */
function speak(lang) {
  Object.assign(globalThis, { document: { documentElement: { lang } } });
}

for (const [together, apart] of Object.entries(SENTENCES)) {
  test(`Sentences side by side: ${together}`, () => equal(joined(apart), together));
}

test("No sentences are an empty text", () => equal(joined([]), ""));

test("Names are listed in the language of the page", () => {
  speak("en");
  equal(listed(["Ann", "Ben"]), "Ann and Ben");
  speak("zh-hans");
  equal(listed(["安", "本"]), "安和本");
});
