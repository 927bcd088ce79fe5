/* What is to be changed in many stories at once: a dialog of source, language and byline. */

import { element } from "./dom.js";

const dialog = element(document, "[data-details]", HTMLDialogElement);
const form = element(dialog, "form", HTMLFormElement);

/** Shows the fields, empty, and calls `given` with what is filled in.
    @param {(details: Record<string, string>) => void} given */
export function askDetails(given) {
  form.reset();
  dialog.returnValue = "";
  dialog.onclose = () => {
    const details = [...new FormData(form)].map(([name, value]) => [name, String(value)]);
    if (dialog.returnValue) given(Object.fromEntries(details));
  };
  dialog.showModal();
}
