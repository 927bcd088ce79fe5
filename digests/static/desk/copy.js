/* A button that copies what stands in the field beside it. Without a script, and over plain http,
   where browsers let nobody copy, the field is selected by hand. */

import { all, element } from "./dom.js";

for (const button of all(document, "[data-copy]")) {
  const field = element(document, `#${button.dataset.copy}`, HTMLInputElement);
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.copied ?? "";
  });
}
