/* Texts put together as the language of the page does. */

/** Sentences or labels side by side, as `join_sentences` puts them: after a full-width mark stands
    no space.
    @param {string[]} texts */
export function joined(texts) {
  const before = texts.slice(0, -1).map((text) => /[。！？：；]$/.test(text) ? text : `${text} `);
  return [...before, ...texts.slice(-1)].join("");
}

/** Names as a list.
    @param {string[]} names */
export function listed(names) {
  return new Intl.ListFormat(document.documentElement.lang || "en").format(names);
}
