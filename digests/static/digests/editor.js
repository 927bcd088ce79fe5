/* The Markdown editor: tools, a live preview and images for the textarea it wraps.
   Rows that a formset adds need no care: a custom element starts when it enters the page. */

const IMAGES = /^image\/(jpeg|png|webp|gif)$/;
const KEYS = { b: "bold", i: "italic", k: "link" };
// On a Mac, Ctrl+B and Ctrl+K move and cut.
const COMMAND = /^(Mac|iP)/.test(navigator.platform) ? "metaKey" : "ctrlKey";

// The page's, whichever editor hears of it. Who was answered so lately is signed in still.
const session = { isOver: false, answeredAt: 0 };
const LATELY = 5 * 60 * 1000;

/** An editor asks for its preview when it is first seen, not thirty at once. */
const firstSight = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (isIntersecting) {
      firstSight.unobserve(target);
      target.refresh();
    }
  }
});

class MarkdownEditor extends HTMLElement {
  connectedCallback() {
    if (this.field) return; // moved, not new
    this.field = this.querySelector("textarea");
    this.preview = this.querySelector(".editor-preview");
    this.status = this.querySelector(".editor-status");
    this.progress = this.querySelector(".editor-progress");
    this.count = this.querySelector(".editor-count");
    this.chooser = this.querySelector("input[type=file]");
    this.uploads = Promise.resolve();

    for (const button of this.querySelectorAll("[data-tool]")) {
      button.addEventListener("click", () => this[button.dataset.tool]());
    }
    this.chooser.addEventListener("change", () => {
      this.insertImages([...this.chooser.files]);
      this.chooser.value = ""; // the same file may be chosen again
    });
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    // Half a syllable in an input method is not text yet.
    this.field.addEventListener("input", (event) => event.isComposing || this.onChange());
    this.field.addEventListener("compositionend", () => this.onChange());
    this.field.addEventListener("paste", (event) => this.onPaste(event));
    this.field.addEventListener("dragover", (event) => this.onDrag(event));
    this.field.addEventListener("drop", (event) => this.onDrop(event));
    this.field.form?.addEventListener("submit", (event) => this.onSubmit(event));

    this.showCount();
    firstSight.observe(this);
  }

  say(sentence, isTrouble = false) {
    this.status.textContent = sentence;
    this.status.classList.toggle("trouble", isTrouble);
  }

  showCount() {
    const count = [...this.field.value].length; // as Python counts
    const limit = Number(this.dataset.limit);
    const numbers = new Intl.NumberFormat(document.documentElement.lang || "en");
    this.count.textContent = this.dataset.saysCount
      .replace("{count}", numbers.format(count))
      .replace("{limit}", numbers.format(limit));
    this.isTooLong = count > limit;
    this.count.classList.toggle("trouble", this.isTooLong);
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
      if (this.isTooLong) throw new Error(this.dataset.saysTooLong);
      const html = await this.post(
        this.field.dataset.markdownxUrlsPath,
        new URLSearchParams({ content: this.field.value }),
        { type: "text/html", signal: asking.signal },
      );
      this.preview.innerHTML = html; // made safe where all Markdown is rendered, on the server
      for (const link of this.preview.querySelectorAll("a")) link.target = "_blank";
      if (this.previewFailed) this.say("");
      this.previewFailed = false;
    } catch (trouble) {
      if (asking.signal.aborted) return;
      this.previewFailed = true;
      this.say(trouble.message, true);
    }
  }

  // Typing for the editor

  /** Replaces a part of the text and selects a part of the new one, in one step to undo. */
  type(start, end, text, selectFrom, selectTo = selectFrom) {
    this.field.focus();
    this.field.setSelectionRange(start, end);
    // Deprecated, but the only way that leaves the browser's list of changes to undo intact.
    if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
      this.field.setRangeText(text);
      this.onChange();
    }
    this.field.setSelectionRange(selectFrom, selectTo);
  }

  onKey(event) {
    const tool = KEYS[event.key.toLowerCase()];
    if (!tool || !event[COMMAND] || event.altKey || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this[tool]();
  }

  bold() {
    this.mark("**", (stars) => stars > 1);
  }

  italic() {
    this.mark("*", (stars) => stars % 2 === 1);
  }

  /** Puts marks around the selection, or takes them away if there are such already. */
  mark(marks, isMarked) {
    const { value } = this.field;
    let { selectionStart: start, selectionEnd: end } = this.field;
    while (start < end && /\s/.test(value[start])) start++;
    while (start < end && /\s/.test(value[end - 1])) end--;
    while (start + 1 < end && value[start] === "*" && value[end - 1] === "*") start++, end--;
    const inside = value.slice(start, end);
    const before = /\**$/.exec(value.slice(0, start))[0].length;
    const after = /^\**/.exec(value.slice(end))[0].length;
    const size = marks.length;
    if (isMarked(Math.min(before, after))) {
      this.type(start - size, end + size, inside, start - size, end - size);
    } else {
      this.type(start, end, marks + inside + marks, start + size, end + size);
    }
  }

  link() {
    const { selectionStart: start, selectionEnd: end, value } = this.field;
    const selected = value.slice(start, end);
    if (!selected || /^https?:\/\/\S+$/.test(selected)) {
      this.type(start, end, `[](${selected || "https://"})`, start + 1);
    } else {
      const address = start + selected.length + "[](".length;
      this.type(start, end, `[${selected}](https://)`, address, address + "https://".length);
    }
  }

  // Images

  image() {
    this.chooser.click();
  }

  onPaste(event) {
    const { files, types } = event.clipboardData;
    // Office programs put a picture of the text beside the text.
    if (!files.length || types.includes("text/plain")) return;
    event.preventDefault();
    this.insertImages([...files]);
  }

  onDrag(event) {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  }

  onDrop(event) {
    const files = [...event.dataTransfer.files];
    if (!files.length) return; // text that is moved about
    event.preventDefault(); // or the browser would leave the page to show the file
    this.insertImages(files);
  }

  insertImages(files) {
    this.uploads = this.uploads.then(async () => {
      try {
        for (const file of files) await this.upload(file);
      } catch (trouble) {
        this.say(trouble.message, true);
      }
      this.progress.hidden = true;
    });
  }

  async upload(file) {
    if (!IMAGES.test(file.type)) throw new Error(this.dataset.saysNotAnImage);
    this.say(this.dataset.saysUploading.replace("{name}", () => file.name));
    this.progress.value = 0;
    this.progress.hidden = false;
    const form = new FormData();
    form.append("image", file);
    const answer = JSON.parse(
      await this.post(this.field.dataset.markdownxUploadUrlsPath, form, {
        type: "application/json",
        onProgress: ({ loaded, total }) => (this.progress.value = loaded / total),
      }),
    );
    this.insertImage(answer.image_code);
    this.say(`${answer.note} ${this.dataset.saysInserted}`.trim());
  }

  /** Inserts the Markdown of an image and leaves the caret where its description goes. */
  insertImage(code) {
    const { selectionEnd: caret, value } = this.field;
    const rest = /^[^[\]\n]*\]\(\S*\)/.exec(value.slice(caret));
    // In the brackets of the image before? Then go on behind it.
    const isInside = rest && /!\[[^[\]\n]*$/.test(value.slice(0, caret));
    const start = isInside ? caret + rest[0].length : caret;
    const text = isInside ? `\n\n${code}` : code;
    this.type(start, start, text, start + text.indexOf("[") + 1);
  }

  // The server

  /** Sends `body`, gives the text of a good answer of this `type`; else an error to be shown. */
  post(address, body, { type, signal, onProgress }) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest(); // fetch() cannot tell how far an upload is
      const fail = (sentence) => reject(new Error(sentence));
      request.open("POST", address);
      request.setRequestHeader("X-CSRFToken", this.token());
      request.upload.onprogress = onProgress;
      request.onerror = () => fail(this.dataset.saysUnreachable);
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
          fail(session.isOver ? this.signedOut() : message || this.dataset.saysFailed);
        }
      };
      request.send(body);
    });
  }

  /** The cookie, not the form's token: signing in again, in another tab, renews the cookie. */
  token() {
    const start = `${this.dataset.csrfCookie}=`;
    const cookie = document.cookie.split("; ").find((pair) => pair.startsWith(start));
    return cookie?.slice(start.length) ?? this.field.form?.elements.csrfmiddlewaretoken?.value ??
      "";
  }

  /** What to say of it; nothing on a page that says it itself. */
  signedOut() {
    const told = new CustomEvent("signed-out", { bubbles: true, cancelable: true });
    return this.dispatchEvent(told) ? this.dataset.saysSignedOut : "";
  }

  /** Holds a form back that would end at the sign-in page, where its text is lost. */
  async onSubmit(event) {
    const { form } = this.field;
    if (form.querySelector("markdown-editor") !== this) return; // one of them asks for all
    const token = form.elements.csrfmiddlewaretoken;
    if (token) token.value = this.token();
    if (!session.isOver && Date.now() - session.answeredAt < LATELY) return;
    event.preventDefault();
    const nothing = new URLSearchParams({ content: "" });
    await this.post(this.field.dataset.markdownxUrlsPath, nothing, { type: "text/html" }).catch(
      () => {},
    );
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
