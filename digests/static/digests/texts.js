/* Texts edited in place: forms [data-text], opened by [data-edit], whose fields stand in an element
   [data-keep]. What is typed stays ([data-dirty]) whatever happens to the page around it; when
   somebody else saved another text meanwhile, theirs ([data-of] fields) is shown beside it. */
import { desk, say } from "./desk.js";

const keepOf = (form) => form.querySelector("[data-keep]");
const fieldsOf = (keep) => [...keep.querySelectorAll("[name]")];

/** `change(form, keep, body)` saves a form's fields in its turn, when `body()` gives what to send
    or nothing; `version()` is the digest's. */
export function keepTexts({ change, version }) {
  const orphans = document.getElementById("orphans");

  function mark(keep) {
    const isDirty = fieldsOf(keep).some((field) => field.value !== field.defaultValue);
    keep.toggleAttribute("data-dirty", isDirty);
  }

  /** Shows the text that is saved now, where it is another than the one the typing began from. */
  function reconcile(form) {
    const keep = keepOf(form);
    const saved = [...form.querySelectorAll(".theirs [data-of]")];
    if (!saved.length || !keep.hasAttribute("data-dirty")) return;
    const differs = saved.some((each) => each.textContent !== field(keep, each).defaultValue);
    form.querySelector(".theirs").hidden = !differs;
    if (!differs) keep.dataset.version = form.dataset.version;
  }

  function field(keep, saved) {
    return keep.querySelector(`[name="${saved.dataset.of}"]`);
  }

  function take(form, isMine) {
    const keep = keepOf(form);
    for (const saved of form.querySelectorAll(".theirs [data-of]")) {
      const here = field(keep, saved);
      here.defaultValue = saved.textContent;
      if (!isMine) here.value = saved.textContent;
    }
    keep.dataset.version = form.dataset.version;
    form.querySelector(".theirs").hidden = true;
    mark(keep);
    if (isMine) save(form);
    else fieldsOf(keep)[0].focus();
  }

  function save(form) {
    const keep = keepOf(form);
    const isTyped = keep.hasAttribute("data-dirty");
    if (!form.reportValidity()) return;
    change(form, keep, () => {
      if (keep.hasAttribute("data-dirty")) {
        const body = Object.fromEntries(fieldsOf(keep).map((each) => [each.name, each.value]));
        return { version: Number(keep.dataset.version ?? version()), ...body };
      }
      // Saved already: by the key that was pressed before, or there was nothing to save.
      if (!isTyped) {
        shut(form);
        say(desk.dataset.saysSaved);
      }
      return null;
    });
  }

  /** The page may have been read anew meanwhile, around what is typed. */
  function shut(form) {
    const now = document.getElementById(form.id) ?? form;
    if (now.contains(document.activeElement)) {
      document.querySelector(`[data-edit="${now.id}"]`)?.focus();
    }
    now.hidden = true;
  }

  function open(form) {
    form.hidden = false;
    fieldsOf(keepOf(form))[0].focus();
  }

  function close(form) {
    for (const each of fieldsOf(keepOf(form))) each.value = each.defaultValue;
    mark(keepOf(form));
    form.hidden = true;
    document.querySelector(`[data-edit="${form.id}"]`)?.focus();
  }

  document.addEventListener("click", (event) => {
    const edit = event.target.closest("[data-edit]");
    const form = edit
      ? document.getElementById(edit.dataset.edit)
      : event.target.closest("[data-text]");
    if (!form || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (edit) {
      event.preventDefault();
      open(form);
    } else if (event.target.closest("[data-cancel]")) close(form);
    else if (event.target.closest("[data-mine]")) take(form, true);
    else if (event.target.closest("[data-take]")) take(form, false);
  });
  document.addEventListener("input", (event) => {
    const keep = event.target.closest("[data-keep]");
    if (keep) mark(keep);
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-text]");
    if (event.key !== "Escape" || event.isComposing || !form) return;
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
    /** To be called before the page changes; gives what is to be called after. */
    remember() {
      const opened = [...document.querySelectorAll("[data-text]:not([hidden])")].map((form) =>
        form.id
      );
      const dirty = [...document.querySelectorAll("[data-keep][data-dirty]")];
      return () => {
        // Its row has gone, and it was not given up meanwhile.
        const lost = dirty.filter((each) => !each.isConnected && each.hasAttribute("data-dirty"));
        for (const keep of lost) {
          const said = document.createElement("p");
          said.textContent = desk.dataset.saysOrphan;
          orphans.append(said, keep);
        }
        for (const id of opened) {
          const form = document.getElementById(id);
          if (form) form.hidden = false;
        }
        for (const form of document.querySelectorAll("[data-text]")) reconcile(form);
      };
    },
    /** A form's `body` was saved as this version; what was typed meanwhile is not. */
    saved(form, keep, body, saved) {
      const isNew = !form.dataset.row;
      for (const each of fieldsOf(keep)) {
        if (isNew && each.value === body[each.name]) each.value = each.defaultValue;
        else if (!isNew) each.defaultValue = body[each.name];
      }
      if (!isNew) keep.dataset.version = saved;
      mark(keep);
      if (!keep.hasAttribute("data-dirty")) shut(form);
    },
  };
}
