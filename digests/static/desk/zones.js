/* The zone of the browser stands first among the time zones that are often used, and is chosen where
   a new newsroom begins. */

import { all, find } from "./dom.js";

const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Whether the browser has this zone, which it may call by a name that was replaced.
    @param {HTMLOptionElement} option */
function isOwn({ value }) {
  if (value === own) return true;
  try {
    return Intl.DateTimeFormat("en", { timeZone: value }).resolvedOptions().timeZone === own;
  } catch {
    return false; // a zone that the browser does not know, or none
  }
}

for (const list of all(document, "select[data-zones]", HTMLSelectElement)) {
  const group = find(list, "optgroup");
  const known = [...list.options].find((option) => option.value && isOwn(option));
  if (!group || !known) continue;
  const option = known.parentElement === group ? known : known.cloneNode(true);
  option.textContent = `${known.textContent} · ${list.dataset.zones}`;
  group.prepend(option);
  if ("choose" in list.dataset) list.value = known.value;
}
