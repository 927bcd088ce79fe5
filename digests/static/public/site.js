/* Additions to readers' pages, which work without them: j and k from story to story, / to search, a
   button that copies a story's link, and marks on what is new since the last visit. */

const { saysCopy = "", saysCopied = "", saysNew = "" } = document.body.dataset;

// From story to story

/** @type {NodeListOf<HTMLElement>} */
const storyList = document.querySelectorAll(".items > li, .teaser");
const stories = [...storyList];
let at = -1;

/** @param {number} number */
function goTo(number) {
  at = Math.max(0, Math.min(stories.length - 1, number));
  const story = stories[at];
  if (!story) return;
  story.tabIndex = -1;
  story.focus({ preventScroll: true });
  story.scrollIntoView({ block: "start" });
}

document.addEventListener("keydown", (event) => {
  const { ctrlKey, metaKey, altKey, target } = event;
  const isTyping = target instanceof Element && target.closest("input, select, textarea");
  if (ctrlKey || metaKey || altKey || isTyping) return;
  if (event.key === "j") goTo(at + 1);
  else if (event.key === "k") goTo(at - 1);
  else if (event.key === "/") {
    event.preventDefault();
    /** @type {HTMLElement | null} */
    const box = document.querySelector("input[type=search]");
    /** @type {HTMLElement | null} */
    const link = document.querySelector("[data-search]");
    if (box) box.focus();
    else link?.click();
  }
});
document.addEventListener("focusin", (event) => {
  const { target } = event;
  const story = stories.findIndex((each) => target instanceof Node && each.contains(target));
  if (story >= 0) at = story;
});

// Copying a link: a button in the margin, which moves nothing, or behind the address of a feed

const icon = new DOMParser().parseFromString(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    <path d="M5 5V2h9v9h-3M2 5h9v9H2z" fill="none" stroke="currentColor" stroke-linejoin="round"/></svg>`,
  "image/svg+xml",
).documentElement;

// Over plain http browsers let nobody copy.
/** @type {Iterable<HTMLAnchorElement>} */
const links = navigator.clipboard
  ? document.querySelectorAll(".items > li > .number, .feed .address")
  : [];
for (const link of links) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.title = saysCopy;
  button.setAttribute("aria-label", saysCopy);
  button.append(icon.cloneNode(true));
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(link.href);
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    said.textContent = saysCopied;
    button.append(said);
    setTimeout(() => said.remove(), 2000);
  });
  link.after(button);
}

// Since one last looked: at this page, in this browser; nobody else learns of it.

/** @type {NodeListOf<HTMLElement>} */
const published = document.querySelectorAll("[data-published]");
if (published.length) {
  const key = `seen ${location.pathname}`;
  try {
    const seen = Number(localStorage.getItem(key));
    for (const digest of published) {
      if (!seen || Number(digest.dataset.published) <= seen) continue;
      const mark = document.createElement("span");
      mark.className = "is-new";
      mark.textContent = saysNew;
      digest.querySelector(".dateline")?.append(mark);
    }
    const times = [...published].map((digest) => Number(digest.dataset.published));
    localStorage.setItem(key, String(Math.max(seen, ...times)));
  } catch {
    // Storage that is switched off: then nothing is marked.
  }
}
