/* Texts put together as the language of the page does. */

/** Sentences or labels side by side: after a full-width mark stands no space.
    @param {string[]} texts */
export function joined(texts) {
  return texts.join(" ").replace(/(?<=[。！？：]) /g, "");
}

/** Names as a list.
    @param {string[]} names */
export function listed(names) {
  return new Intl.ListFormat(document.documentElement.lang || "en").format(names);
}
