/* The Markdown editor: tools, a live preview and images for the textarea it wraps.
   Rows that a formset adds need no care: a custom element starts when it enters the page. */

/** @typedef {"bold" | "italic" | "link" | "image"} Tool */

import { all, element, find, isOfInputMethod } from "../desk/dom.js";
import * as edits from "./edits.js";
import { Refused, send, token } from "../desk/server.js";

const UPLOAD_TIMEOUT = 5 * 60 * 1000; // ms; a line may be slow
const IMAGES = /^image\/(jpeg|png|webp|gif)$/;
/** @type {Partial<Record<string, Tool>>} */
const KEYS = { b: "bold", i: "italic", k: "link" };
// On a Mac, Ctrl+B and Ctrl+K move and cut.
const COMMAND = /^(Mac|iP)/.test(navigator.platform) ? "metaKey" : "ctrlKey";

// When the server last answered an editor of this page: a user whom it answered within the last
// minutes is still signed in.
let answeredAt = 0;
const LATELY = 5 * 60 * 1000;
document.addEventListener("signed-out", () => answeredAt = 0);

/** An editor asks for its preview when it is first seen, not thirty at once. */
const firstSight = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (isIntersecting && target instanceof MarkdownEditor) {
      firstSight.unobserve(target);
      target.refresh();
    }
  }
});

class MarkdownEditor extends HTMLElement {
  isConnectedBefore = false;
  isTooLong = false;
  previewFailed = false;
  uploads = Promise.resolve();
  /** @type {AbortController | undefined} The question whose answer is awaited. */
  asking;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;

  /** What each button of the toolbar does, by the name in its `data-tool`.
      @type {Record<Tool, () => void>} */
  tools = {
    bold: () => this.edit(edits.bold),
    italic: () => this.edit(edits.italic),
    link: () => this.edit(edits.link),
    image: () => this.chooser.click(),
  };

  get field() {
    return element(this, "textarea", HTMLTextAreaElement);
  }

  get preview() {
    return element(this, ".editor-preview");
  }

  get progress() {
    return element(this, ".editor-progress", HTMLProgressElement);
  }

  get chooser() {
    return element(this, "input[type=file]", HTMLInputElement);
  }

  connectedCallback() {
    if (this.isConnectedBefore) return; // moved, not new
    this.isConnectedBefore = true;

    for (const button of all(this, "[data-tool]")) {
      const tool = /** @type {Tool} */ (button.dataset.tool);
      button.addEventListener("click", () => this.tools[tool]());
    }
    this.chooser.addEventListener("change", () => {
      this.insertImages([...(this.chooser.files ?? [])]);
      this.chooser.value = ""; // the same file may be chosen again
    });
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    // Half a syllable in an input method is not text yet.
    this.field.addEventListener("input", (event) => {
      if (!(event instanceof InputEvent && event.isComposing)) this.onChange();
    });
    this.field.addEventListener("compositionend", () => this.onChange());
    this.field.addEventListener("seen", () => this.showCount());
    this.field.addEventListener("paste", (event) => this.onPaste(event));
    this.field.addEventListener("dragover", (event) => this.onDrag(event));
    this.field.addEventListener("drop", (event) => this.onDrop(event));
    this.field.form?.addEventListener("submit", (event) => this.onSubmit(event));

    this.showCount();
    firstSight.observe(this);
  }

  /** A sentence that the page carries as data-says-… of this element.
      @param {string} name */
  message(name) {
    return this.dataset[`says${name}`] ?? "";
  }

  /** @param {string} sentence */
  say(sentence, isTrouble = false) {
    const status = element(this, ".editor-status");
    status.textContent = sentence;
    status.classList.toggle("trouble", isTrouble);
  }

  /** @param {unknown} trouble */
  sayWhy(trouble) {
    this.say(trouble instanceof Error ? trouble.message : String(trouble), true);
  }

  /** Shows how many characters there are, and the most there should be: those that readers see, as
      the server counted them last, where the house style has a limit for them, else those of the
      text. */
  showCount() {
    const length = [...this.field.value].length; // as Python counts
    this.isTooLong = length > Number(this.dataset.limit);
    const { most, seen } = this.field.dataset;
    const isOfHouse = Boolean(most) && !this.isTooLong;
    const count = isOfHouse ? Number(seen) : length;
    const limit = Number(isOfHouse ? most : this.dataset.limit);
    const numbers = new Intl.NumberFormat(document.documentElement.lang || "en");
    const shown = element(this, ".editor-count");
    shown.textContent = this.message("Count")
      .replace("{count}", numbers.format(count))
      .replace("{limit}", numbers.format(limit));
    shown.classList.toggle("trouble", count > limit);
  }

  // The preview

  onChange() {
    this.showCount();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), Number(this.field.dataset.markdownxLatency));
  }

  /** Shows the text as it is now; an answer still awaited is for an older text and called off. */
  async refresh() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.showCount();
    const asking = (this.asking = new AbortController());
    try {
      if (this.isTooLong) throw new Error(this.message("TooLong"));
      // Made safe where all Markdown is rendered, on the server.
      this.preview.innerHTML = await this.render(this.field.value, asking.signal);
      for (const link of all(this.preview, "a", HTMLAnchorElement)) link.target = "_blank";
      if (this.previewFailed) this.say("");
      this.previewFailed = false;
    } catch (trouble) {
      if (asking.signal.aborted) return;
      this.previewFailed = true;
      this.sayWhy(trouble);
    }
  }

  // Typing for the editor

  /** @param {(value: string, start: number, end: number) => edits.Edit} tool */
  edit(tool) {
    const { value, selectionStart, selectionEnd } = this.field;
    edits.insertText(this.field, tool(value, selectionStart, selectionEnd));
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const tool = KEYS[event.key.toLowerCase()];
    if (!tool || !event[COMMAND] || event.altKey || event.shiftKey) return;
    if (isOfInputMethod(event)) return;
    event.preventDefault();
    this.tools[tool]();
  }

  // Images

  /** @param {ClipboardEvent} event */
  onPaste(event) {
    const pasted = event.clipboardData;
    // Office programs put a picture of the text beside the text.
    if (!pasted?.files.length || pasted.types.includes("text/plain")) return;
    event.preventDefault();
    this.insertImages([...pasted.files]);
  }

  /** @param {DragEvent} event */
  onDrag(event) {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  }

  /** @param {DragEvent} event */
  onDrop(event) {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!files.length) return; // text that is moved about
    event.preventDefault(); // or the browser would leave the page to show the file
    this.insertImages(files);
  }

  /** @param {File[]} files */
  insertImages(files) {
    this.uploads = this.uploads.then(async () => {
      try {
        for (const file of files) await this.upload(file);
      } catch (trouble) {
        this.sayWhy(trouble);
      }
      this.progress.hidden = true;
    });
  }

  /** @param {File} file */
  async upload(file) {
    if (!IMAGES.test(file.type)) throw new Error(this.message("NotAnImage"));
    this.say(this.message("Uploading").replace("{name}", () => file.name));
    this.progress.hidden = false;
    const body = new FormData();
    body.append("image", file);
    const address = this.field.dataset.markdownxUploadUrlsPath;
    const content = await this.post(address, { body, timeout: UPLOAD_TIMEOUT });
    const { image_code, note } = /** @type {{ image_code: string, note: string }} */ (content);
    const { value, selectionEnd } = this.field;
    edits.insertText(this.field, edits.image(value, selectionEnd, image_code));
    this.say(`${note} ${this.message("Inserted")}`.trim());
  }

  // The server

  /** The HTML of a text.
      @param {string} content
      @param {AbortSignal} [signal] */
  async render(content, signal) {
    const body = new URLSearchParams({ content });
    const { markdownxUrlsPath } = this.field.dataset;
    return String(await this.post(markdownxUrlsPath, { body, signal, type: "text/html" }));
  }

  /** @param {string | undefined} address
      @param {import("../desk/server.js").Options} options */
  async post(address = "", options) {
    const message = (/** @type {string} */ name) => this.message(name);
    const content = await send(address, message, { ...options, method: "POST" });
    answeredAt = Date.now();
    return content;
  }

  /** Holds a form back that would end at the sign-in page, where its text is lost.
      @param {SubmitEvent} event */
  async onSubmit(event) {
    const { form } = this.field;
    if (form?.querySelector("markdown-editor") !== this) return; // one of them asks for all
    const tokenField = find(form, "[name=csrfmiddlewaretoken]", HTMLInputElement);
    if (tokenField) tokenField.value = token();
    if (Date.now() - answeredAt < LATELY) return;
    event.preventDefault();
    try {
      await this.render("");
    } catch (trouble) {
      if (trouble instanceof Refused && trouble.status === 401) {
        this.sayWhy(trouble);
        // For the page, which thinks it has been sent: there is something to save.
        this.field.dispatchEvent(new Event("change", { bubbles: true }));
        return;
      }
      answeredAt = Date.now(); // whatever else is wrong, the form's own answer will tell
    }
    form.requestSubmit(event.submitter);
  }
}

customElements.define("markdown-editor", MarkdownEditor);
