import { equal } from "node:assert/strict";
import { test } from "node:test";

import "./page.js";

const { unreadAndTyped } = await import("../../digests/static/desk/paste.js");

test("What could not be read stays in the box", () => {
  equal(
    unreadAndTyped(
      "这是什么？",
      "https://example.org\n这是什么？",
      "https://example.org\n这是什么？",
    ),
    "这是什么？",
  );
});

test("What was typed while it was asked stays behind what could not be read", () => {
  equal(unreadAndTyped("?", "a\n?", "a\n?\nhttps://example.org/2"), "?\nhttps://example.org/2");
});

test("What was typed stands alone where all was read", () => {
  equal(unreadAndTyped("", "a", "a\nb"), "b");
});

test("What was pasted and changed meanwhile stays as it reads now", () => {
  equal(unreadAndTyped("?", "a\n?", "b"), "b");
  equal(unreadAndTyped("?", "a\n?", ""), "");
});
