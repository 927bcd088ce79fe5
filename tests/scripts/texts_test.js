import { equal } from "node:assert/strict";
import { test } from "node:test";

import { joined, listed } from "../../digests/static/desk/texts.js";

/** @param {string} lang */
function speak(lang) {
  Object.assign(globalThis, { document: { documentElement: { lang } } });
}

test("Sentences have a space between them, but for those of Chinese", () => {
  equal(joined(["Saved.", "It was the last."]), "Saved. It was the last.");
  equal(joined(["已保存。", "这是最后一条。"]), "已保存。这是最后一条。");
  equal(joined(["署名：", "太长"]), "署名：太长");
});

test("Names are listed in the language of the page", () => {
  speak("en");
  equal(listed(["Ann", "Ben"]), "Ann and Ben");
  speak("zh-hans");
  equal(listed(["安", "本"]), "安和本");
});
