/* As much of a page as the scripts need whose logic is tested without a browser. Import it before
   them: they look at the page as soon as they are loaded. */

/** An element that has what was put into `found` by selector, and nothing else. */
export class FakeElement extends EventTarget {
  /** @type {Record<string, string>} */
  dataset = {};
  /** @type {Record<string, FakeElement[]>} */
  found = {};
  /** The selectors that match it.
      @type {Set<string>} */
  matching = new Set();
  /** @type {Set<string>} */
  attributes = new Set();
  /** Without the text between them.
      @type {FakeElement[]} */
  children = [];
  /** @type {FakeElement | null} What was put in its place. */
  replacedBy = null;
  classList = { add() {}, remove() {} };
  /** @type {Record<string, string>} */
  style = {};
  isConnected = false;
  hidden = false;
  id = "";
  textContent = "";
  value = "";

  /** @param {string} selector */
  querySelector(selector) {
    return this.found[selector]?.[0] ?? null;
  }

  /** @param {string} selector */
  querySelectorAll(selector) {
    return this.found[selector] ?? [];
  }

  /** @param {string} selector */
  matches(selector) {
    return this.matching.has(selector);
  }

  /** Itself, where a test says that it matches.
      @param {string} selector
      @returns {FakeElement | null} */
  closest(selector) {
    return this.matches(selector) ? this : null;
  }

  /** @param {string} name */
  setAttribute(name) {
    this.attributes.add(name);
  }

  /** @param {string} name */
  hasAttribute(name) {
    return this.attributes.has(name);
  }

  /** @param {string} name
      @param {boolean} force */
  toggleAttribute(name, force) {
    if (force) this.attributes.add(name);
    else this.attributes.delete(name);
  }

  /** @param {(FakeElement | string)[]} children */
  append(...children) {
    this.replaceChildren(...this.children, ...children);
  }

  /** @param {(FakeElement | string)[]} children */
  prepend(...children) {
    this.replaceChildren(...children, ...this.children);
  }

  /** @param {(FakeElement | string)[]} children */
  replaceChildren(...children) {
    this.children = children.filter((child) => child instanceof FakeElement);
    for (const child of this.children) child.isConnected = true;
  }

  /** @param {FakeElement} other */
  replaceWith(other) {
    this.replacedBy = other;
  }

  remove() {
    this.isConnected = false;
  }

  /** @param {FakeElement} other */
  contains(other) {
    return other === this;
  }

  focus() {
    page.activeElement = this;
  }

  scrollIntoView() {}
}

export class FakeButton extends FakeElement {}

export class FakeDialog extends FakeElement {
  open = false;

  showModal() {
    this.open = true;
  }

  close() {
    this.open = false;
  }
}

export class FakeForm extends FakeElement {
  reportValidity() {
    return true;
  }
}

export class FakeField extends FakeElement {
  /** @param {string} name
      @param {string} value */
  constructor(name, value) {
    super();
    this.name = name;
    this.value = this.defaultValue = value;
  }
}

export class FakeDocument extends FakeElement {
  body = new FakeElement();
  cookie = "csrftoken=abc";
  /** @type {FakeElement} */
  activeElement = this.body;

  createElement() {
    return new FakeElement();
  }

  /** @param {FakeElement} element */
  importNode(element) {
    return element;
  }

  /** @param {string} id */
  getElementById(id) {
    return this.querySelector(`#${id}`);
  }
}

/** The elements of a page that answers are parsed into, by their text.
    @type {Record<string, Record<string, FakeElement[]>>} */
export const pages = {};

class FakeParser {
  /** @param {string} text */
  parseFromString(text) {
    return Object.assign(new FakeDocument(), { found: pages[text] ?? {} });
  }
}

export const page = new FakeDocument();

/** The element that carries the sentences of a screen, as `data-says-…`. */
export const screen = new FakeElement();
page.found["[data-desk]"] = page.found["[data-csrf-cookie]"] = [screen];
screen.dataset = {
  api: "/api/desk/",
  csrfCookie: "csrftoken",
  saysFailed: "It failed.",
  saysUnreachable: "No answer.",
  saysSignedOut: "Signed out.",
};

const toasts = new FakeElement();
page.found["[data-toasts]"] = [toasts];

/** Lets an event happen to a target, and be heard where it bubbles to.
    @param {EventTarget} listener
    @param {string} type
    @param {EventTarget} target
    @param {object} [details]
    @returns {Event} */
export function happen(listener, type, target, details = {}) {
  const event = new Event(type, { cancelable: true });
  Object.defineProperty(event, "target", { value: target });
  listener.dispatchEvent(Object.assign(event, details));
  return event;
}

/** The sentences shown at present, as `say` shows them. */
export function shown() {
  const seen = toasts.children.filter(({ isConnected }) => isConnected);
  return seen.map(({ children }) => children[0].textContent);
}

/** Everything that was asked of the server.
    @type {{ address: string, options: RequestInit }[]} */
export const requests = [];

/** Lets the server answer each request from now on.
    @param {(address: string, options: RequestInit) => Response | Promise<Response>} answer */
export function answerBy(answer) {
  requests.length = 0;
  globalThis.fetch = async (address, options = {}) => {
    requests.push({ address: String(address), options });
    return await answer(String(address), options);
  };
}

Object.assign(globalThis, {
  // No test waits for a frame to be drawn.
  requestAnimationFrame: () => 0,
  getSelection: () => null,
  CSS: { escape: String },
  DOMParser: FakeParser,
  Element: FakeElement,
  HTMLButtonElement: FakeButton,
  HTMLDialogElement: FakeDialog,
  HTMLElement: FakeElement,
  HTMLFormElement: FakeForm,
  HTMLInputElement: FakeField,
  HTMLTextAreaElement: FakeField,
  Node: FakeElement,
  document: page,
});
