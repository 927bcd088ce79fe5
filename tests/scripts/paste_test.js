import { equal } from "node:assert/strict";
import { test } from "node:test";

import "./page.js";

const { together } = await import("../../digests/static/desk/paste.js");

test("What could not be read stays in the box", () => {
  equal(
    together("这是什么？", "https://example.org\n这是什么？", "https://example.org\n这是什么？"),
    "这是什么？",
  );
});

test("What was typed while it was asked stays behind what could not be read", () => {
  equal(together("?", "a\n?", "a\n?\nhttps://example.org/2"), "?\nhttps://example.org/2");
});

test("What was typed stands alone where all was read", () => {
  equal(together("", "a", "a\nb"), "b");
});

test("What was pasted and changed meanwhile stays as it reads now", () => {
  equal(together("?", "a\n?", "b"), "b");
  equal(together("?", "a\n?", ""), "");
});
