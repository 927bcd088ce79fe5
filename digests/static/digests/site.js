/* What a script adds to readers' pages, which do without: j and k from story to story, / to search,
   a button that copies a story's link, and what is new since one last looked. */

const { saysCopy, saysCopied, saysNew } = document.body.dataset;

// From story to story

const stories = [...document.querySelectorAll(".items > li, .teaser")];
let at = -1;

function goTo(number) {
  at = Math.max(0, Math.min(stories.length - 1, number));
  const story = stories[at];
  if (!story) return;
  story.tabIndex = -1;
  story.focus({ preventScroll: true });
  story.scrollIntoView({ block: "start" });
}

document.addEventListener("keydown", (event) => {
  if (
    event.ctrlKey || event.metaKey || event.altKey ||
    event.target.closest("input, select, textarea")
  ) return;
  if (event.key === "j") goTo(at + 1);
  else if (event.key === "k") goTo(at - 1);
  else if (event.key === "/") {
    event.preventDefault();
    const box = document.querySelector("input[type=search]");
    if (box) box.focus();
    else document.querySelector("[data-search]").click();
  }
});
document.addEventListener("focusin", (event) => {
  const story = stories.findIndex((each) => each.contains(event.target));
  if (story >= 0) at = story;
});

// Copying a link: a button in the margin, which moves nothing

const icon = new DOMParser().parseFromString(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    <path d="M5 5V2h9v9h-3M2 5h9v9H2z" fill="none" stroke="currentColor" stroke-linejoin="round"/></svg>`,
  "image/svg+xml",
).documentElement;

// Over plain http browsers let nobody copy.
const numbers = navigator.clipboard ? document.querySelectorAll(".items > li > .number") : [];
for (const number of numbers) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.title = saysCopy;
  button.setAttribute("aria-label", saysCopy);
  button.append(icon.cloneNode(true));
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(number.href);
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    said.textContent = saysCopied;
    button.append(said);
    setTimeout(() => said.remove(), 2000);
  });
  number.after(button);
}

// Since one last looked: at this page, in this browser; nobody else learns of it.

const published = [...document.querySelectorAll("[data-published]")];
if (published.length) {
  const key = `seen ${location.pathname}`;
  try {
    const seen = Number(localStorage.getItem(key));
    for (const digest of published) {
      if (!seen || Number(digest.dataset.published) <= seen) continue;
      const mark = document.createElement("span");
      mark.className = "is-new";
      mark.textContent = saysNew;
      digest.querySelector(".dateline").append(mark);
    }
    localStorage.setItem(
      key,
      Math.max(seen, ...published.map((each) => Number(each.dataset.published))),
    );
  } catch {
    // Storage that is switched off: then nothing is marked.
  }
}
