/* Texts edited in place: forms [data-text], opened by [data-edit], whose fields stand in an element
   [data-keep]. What is typed stays ([data-dirty]) whatever happens to the page around it; when
   somebody else saved another text meanwhile, theirs ([data-of] fields) is shown beside it. */
import { fetchPage, message, Refused, say } from "./desk.js";
import { all, closest, element, field, find, isField, isOfInputMethod } from "./dom.js";
import { joined } from "./texts.js";

/** A text as it is sent: its fields by name, and the version they were written over.
    @typedef {{ version: number } & Record<string, string | number>} Body */

/** Saves the fields in `keep` in their turn; only then `body()` gives what to send, or null.
    @typedef {(form: HTMLFormElement, keep: HTMLElement, body: () => Body | null) => void} Change */

/** @param {HTMLFormElement} form */
const keepOf = (form) => element(form, "[data-keep]");
/** @param {HTMLElement} keep */
const formAround = (keep) => closest(keep, "[data-text]", HTMLFormElement);
/** @param {HTMLElement} keep */
const fieldsOf = (keep) => all(keep, "[name]").filter(isField);
/** What is saved, field by field: where somebody else saved it, it is shown.
    @param {HTMLFormElement} form */
const theirsOf = (form) => all(form, ".theirs [data-of]");
/** @param {HTMLFormElement} form
    @param {import("./dom.js").TextField} field */
const savedTextOf = (form, { name }) =>
  theirsOf(form).find(({ dataset }) => dataset.of === name)?.textContent;
const forms = (filter = "") => all(document, `[data-text]${filter}`, HTMLFormElement);

/** `version()` is the digest's.
    @param {{ change: Change, version: () => number }} page */
export function keepInlineEdits({ change, version }) {
  const orphans = element(document, "#orphans");

  /** @param {HTMLElement} keep */
  function mark(keep) {
    const isDirty = fieldsOf(keep).some((field) => field.value !== field.defaultValue);
    keep.toggleAttribute("data-dirty", isDirty);
  }

  /** Shows the text that is saved now, where it is another than the one the typing began from.
      @param {HTMLFormElement} form */
  function reconcile(form) {
    const keep = keepOf(form);
    const saved = theirsOf(form);
    if (!saved.length || !keep.hasAttribute("data-dirty")) return;
    const differs = saved.some((each) => each.textContent !== fieldFor(keep, each).defaultValue);
    element(form, ".theirs").hidden = !differs;
    if (!differs) keep.dataset.version = form.dataset.version;
  }

  /** @param {HTMLElement} keep
      @param {HTMLElement} saved */
  function fieldFor(keep, saved) {
    return field(keep, saved.dataset.of ?? "");
  }

  /** @param {HTMLFormElement} form
      @param {boolean} isMine */
  function take(form, isMine) {
    const keep = keepOf(form);
    for (const saved of theirsOf(form)) {
      const here = fieldFor(keep, saved);
      here.defaultValue = saved.textContent;
      if (!isMine) here.value = saved.textContent;
    }
    keep.dataset.version = form.dataset.version;
    element(form, ".theirs").hidden = true;
    mark(keep);
    if (isMine) save(form);
    else fieldsOf(keep)[0].focus();
  }

  /** @param {HTMLFormElement} form */
  function save(form) {
    const keep = keepOf(form);
    const isTyped = keep.hasAttribute("data-dirty");
    if (!form.reportValidity()) return;
    change(form, keep, () => {
      if (keep.hasAttribute("data-dirty")) {
        /** @type {Body} */
        const body = { version: Number(keep.dataset.version ?? version()) };
        for (const { name, value } of fieldsOf(keep)) body[name] = value;
        return body;
      }
      // Nothing is left to save: an earlier press saved it, or nothing was typed.
      if (!isTyped) {
        shut(form);
        say(message("Saved"));
      }
      return null;
    });
  }

  /** Keeps fields whose row has gone in a box of their own, which says who took it away.
      @param {HTMLElement} keep
      @param {HTMLFormElement | null} form that they stood in */
  function adopt(keep, form) {
    const template = element(document, "template[data-orphan]", HTMLTemplateElement);
    const box = element(document.importNode(template.content, true), ".orphan");
    const link = element(box, "[data-editor]", HTMLAnchorElement);
    const { editor, lost } = form?.dataset ?? {};
    link.href = editor ?? "";
    link.hidden = !editor;
    element(box, ".saving").before(keep);
    orphans.append(box);
    if (lost) explain(element(box, "[data-why]"), lost);
  }

  /** @param {HTMLElement} place
      @param {string} address */
  async function explain(place, address) {
    try {
      const page = await fetchPage(address, { heartbeat: true });
      place.textContent = joined([page.body.textContent.trim(), place.textContent]);
    } catch (trouble) {
      if (!(trouble instanceof Refused)) throw trouble; // else the box says enough without it
    }
  }

  /** Closes a form. The page around it may have been replaced meanwhile.
      @param {HTMLFormElement} form */
  function shut(form) {
    const now = document.getElementById(form.id) ?? form;
    if (now.contains(document.activeElement)) focusEdit(now.id);
    now.hidden = true;
  }

  /** @param {string} id */
  function focusEdit(id) {
    find(document, `[data-edit="${id}"]`)?.focus();
  }

  /** @param {HTMLFormElement} form */
  function open(form) {
    form.hidden = false;
    fieldsOf(keepOf(form))[0].focus();
  }

  /** @param {HTMLFormElement} form */
  function close(form) {
    for (const each of fieldsOf(keepOf(form))) each.value = each.defaultValue;
    mark(keepOf(form));
    form.hidden = true;
    focusEdit(form.id);
  }

  document.addEventListener("click", (event) => {
    const edit = closest(event.target, "[data-edit]");
    const form = edit
      ? find(document, `#${edit.dataset.edit}`, HTMLFormElement)
      : closest(event.target, "[data-text]", HTMLFormElement);
    if (!form || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (edit) {
      event.preventDefault();
      open(form);
    } else if (closest(event.target, "[data-cancel]")) close(form);
    else if (closest(event.target, "[data-mine]")) take(form, true);
    else if (closest(event.target, "[data-take]")) take(form, false);
  });
  orphans.addEventListener("click", (event) => {
    if (!closest(event.target, "[data-close]")) return;
    closest(event.target, ".orphan")?.remove();
    find(document, "#stories")?.focus();
  });
  document.addEventListener("input", (event) => {
    const keep = closest(event.target, "[data-keep]");
    if (keep) mark(keep);
  });
  document.addEventListener("keydown", (event) => {
    const form = closest(event.target, "[data-text]", HTMLFormElement);
    if (event.key !== "Escape" || isOfInputMethod(event) || !form) return;
    if (!keepOf(form).hasAttribute("data-dirty")) close(form);
  });
  addEventListener("beforeunload", (event) => {
    if (areUnsaved()) event.preventDefault();
  });

  function areUnsaved() {
    return document.querySelector("[data-keep][data-dirty]") !== null;
  }

  return {
    save,
    areUnsaved,
    /** Whether the fields have lost their form, as a box on the page tells already.
        @param {HTMLElement} keep */
    isOrphan: (keep) => orphans.contains(keep),
    /** To be called before the page changes; gives what is to be called after. */
    remember() {
      const opened = forms(":not([hidden])").map((form) => form.id);
      const dirty = all(document, "[data-keep][data-dirty]");
      const around = new Map(dirty.map((keep) => [keep, formAround(keep)]));
      return () => {
        // Its row has gone, and it was not given up meanwhile.
        const lost = dirty.filter((each) => !each.isConnected && each.hasAttribute("data-dirty"));
        for (const keep of lost) adopt(keep, around.get(keep) ?? null);
        for (const id of opened) {
          const form = document.getElementById(id);
          if (form) form.hidden = false;
        }
        for (const form of forms()) reconcile(form);
      };
    },
    /** A form's `body` was saved; what was typed meanwhile is not. To be called when the page shows
        what is saved, before what `remember` gave.
        @param {HTMLFormElement} form
        @param {HTMLElement} keep
        @param {Body} body */
    noteSave(form, keep, body) {
      const isNew = !form.dataset.row;
      const isTyped = fieldsOf(keep).some(({ name, value }) => value !== body[name]);
      // A save raises the version by one. A higher one is of somebody else's text, not seen yet.
      const isOwn = isNew || Number(form.dataset.version) <= body.version + 1;
      const goesOn = isOwn || !isTyped; // from the text that the page shows as saved
      for (const each of fieldsOf(keep)) {
        const sent = String(body[each.name]);
        const shown = savedTextOf(form, each) ?? each.defaultValue;
        if (goesOn && each.value === sent) each.value = shown;
        each.defaultValue = goesOn ? shown : sent;
      }
      if (goesOn && !isNew) keep.dataset.version = form.dataset.version;
      mark(keep);
    },
    /** Closes a form whose text is saved.
        @param {HTMLFormElement} form
        @param {HTMLElement} keep */
    shutSaved(form, keep) {
      if (!keep.hasAttribute("data-dirty")) shut(form);
    },
  };
}
