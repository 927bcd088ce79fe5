/* The zone of the browser stands first among the time zones that are often used. */

import { all, find } from "./dom.js";

const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

for (const list of all(document, "select[data-zones]", HTMLSelectElement)) {
  const group = find(list, "optgroup");
  const known = find(list, `option[value="${CSS.escape(own)}"]`, HTMLOptionElement);
  if (!group || !known) continue;
  const option = known.parentElement === group ? known : known.cloneNode(true);
  option.textContent = `${known.textContent} · ${list.dataset.zones}`;
  group.prepend(option);
}
