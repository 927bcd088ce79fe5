/* The form of a new digest: another series proposes another title, while none was typed. */

import { element } from "./dom.js";

const series = element(document, "#id_series", HTMLSelectElement);
const title = element(document, "#id_title", HTMLInputElement);

series.addEventListener("change", async () => {
  const asked = series.value;
  if (title.value !== title.defaultValue) return;
  const answer = await fetch(`?${new URLSearchParams({ series: asked })}`).catch(() => null);
  if (!answer?.ok || answer.redirected) return; // one is typed instead
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const proposed = element(page, "#id_title", HTMLInputElement).value;
  // Meanwhile a title may have been typed, or another series chosen.
  if (series.value === asked && title.value === title.defaultValue) title.defaultValue = proposed;
});
