/* The Markdown editor: tools, a live preview and images for the textarea it wraps.
   Rows that a formset adds need no care: a custom element starts when it enters the page. */

/** @typedef {"bold" | "italic" | "link" | "image"} Tool */

import { all, element, find } from "./dom.js";
import * as edits from "./edits.js";

const IMAGES = /^image\/(jpeg|png|webp|gif)$/;
/** @type {Partial<Record<string, Tool>>} */
const KEYS = { b: "bold", i: "italic", k: "link" };
// On a Mac, Ctrl+B and Ctrl+K move and cut.
const COMMAND = /^(Mac|iP)/.test(navigator.platform) ? "metaKey" : "ctrlKey";

// The page's, whichever editor hears of it. Who was answered so lately is signed in still.
const session = { isOver: false, answeredAt: 0 };
const LATELY = 5 * 60 * 1000;

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

  showCount() {
    const count = [...this.field.value].length; // as Python counts
    const limit = Number(this.dataset.limit);
    const numbers = new Intl.NumberFormat(document.documentElement.lang || "en");
    const shown = element(this, ".editor-count");
    shown.textContent = this.message("Count")
      .replace("{count}", numbers.format(count))
      .replace("{limit}", numbers.format(limit));
    this.isTooLong = count > limit;
    shown.classList.toggle("trouble", this.isTooLong);
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
      const html = await this.post(
        this.previewAddress,
        new URLSearchParams({ content: this.field.value }),
        { type: "text/html", signal: asking.signal },
      );
      this.preview.innerHTML = html; // made safe where all Markdown is rendered, on the server
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
    if (!tool || !event[COMMAND] || event.altKey || event.shiftKey || event.isComposing) return;
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
    this.progress.value = 0;
    this.progress.hidden = false;
    const form = new FormData();
    form.append("image", file);
    /** @type {{ image_code: string, note: string }} */
    const answer = JSON.parse(
      await this.post(this.field.dataset.markdownxUploadUrlsPath ?? "", form, {
        type: "application/json",
        onProgress: ({ loaded, total }) => (this.progress.value = loaded / total),
      }),
    );
    const { value, selectionEnd } = this.field;
    edits.insertText(this.field, edits.image(value, selectionEnd, answer.image_code));
    this.say(`${answer.note} ${this.message("Inserted")}`.trim());
  }

  // The server

  get previewAddress() {
    return this.field.dataset.markdownxUrlsPath ?? "";
  }

  /** Sends `body`, gives the text of a good answer of this `type`; else an error to be shown.
      @param {string} address
      @param {URLSearchParams | FormData} body
      @param {{
        type: string, signal?: AbortSignal, onProgress?: (event: ProgressEvent) => void
      }} manner
      @returns {Promise<string>} */
  post(address, body, { type, signal, onProgress }) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest(); // fetch() cannot tell how far an upload is
      const fail = (/** @type {string} */ sentence) => reject(new Error(sentence));
      request.open("POST", address);
      request.setRequestHeader("X-CSRFToken", this.token());
      request.upload.onprogress = onProgress ?? null;
      request.onerror = () => fail(this.message("Unreachable"));
      request.onabort = () => fail("");
      signal?.addEventListener("abort", () => request.abort());
      request.onload = () => {
        const answered = request.getResponseHeader("Content-Type")?.split(";")[0];
        const isRedirected = request.responseURL !== new URL(address, document.baseURI).href;
        const message = answered === "application/json" && JSON.parse(request.response).message;
        // Without JSON, 403 is the word of the CSRF check: its cookie has gone.
        session.isOver = request.status === 401 || (request.status === 403 && !message);
        if (request.status === 200 && answered === type && !isRedirected) {
          session.answeredAt = Date.now();
          resolve(request.response);
        } else {
          fail(session.isOver ? this.signedOut() : message || this.message("Failed"));
        }
      };
      request.send(body);
    });
  }

  /** The cookie, not the form's token: signing in again, in another tab, renews the cookie. */
  token() {
    const start = `${this.dataset.csrfCookie}=`;
    const cookie = document.cookie.split("; ").find((pair) => pair.startsWith(start));
    return cookie?.slice(start.length) ?? this.tokenField?.value ?? "";
  }

  /** @returns {HTMLInputElement | null} */
  get tokenField() {
    return find(this.field.form ?? this, "[name=csrfmiddlewaretoken]", HTMLInputElement);
  }

  /** What to say of it; nothing on a page that says it itself. */
  signedOut() {
    const told = new CustomEvent("signed-out", { bubbles: true, cancelable: true });
    return this.dispatchEvent(told) ? this.message("SignedOut") : "";
  }

  /** Holds a form back that would end at the sign-in page, where its text is lost.
      @param {SubmitEvent} event */
  async onSubmit(event) {
    const { form } = this.field;
    if (form?.querySelector("markdown-editor") !== this) return; // one of them asks for all
    if (this.tokenField) this.tokenField.value = this.token();
    if (!session.isOver && Date.now() - session.answeredAt < LATELY) return;
    event.preventDefault();
    const nothing = new URLSearchParams({ content: "" });
    await this.post(this.previewAddress, nothing, { type: "text/html" }).catch(() => {});
    if (session.isOver) {
      this.say(this.signedOut(), true);
      // For the page, which thinks it has been sent: there is something to save.
      this.field.dispatchEvent(new Event("change", { bubbles: true }));
    } else {
      session.answeredAt = Date.now(); // whatever else is wrong, the form's own answer will tell
      form.requestSubmit(event.submitter);
    }
  }
}

customElements.define("markdown-editor", MarkdownEditor);
