/* Why a story is rejected: a dialog of reasons, each with a number; “other” asks for a note. */

const reasons = document.querySelector("[data-reasons]");
const note = reasons.querySelector(".note-field");
const field = note.querySelector("input");
let decide = () => {};

/** Shows the reasons; `given({ reason, note })` is called when one is chosen. */
export function askWhy(given) {
  decide = given;
  note.hidden = true;
  field.value = "";
  reasons.showModal();
}

function choose(reason) {
  if (reason !== "other") return answer(reason);
  note.hidden = false;
  field.focus();
}

function sendNote() {
  if (field.value.trim()) answer("other", field.value);
  else field.focus();
}

function answer(reason, given = "") {
  reasons.close();
  decide({ reason, note: given });
}

reasons.addEventListener("click", (event) => {
  const button = event.target.closest(".reason-list button");
  if (button) choose(button.value);
  if (event.target.closest("[data-with-note]")) sendNote();
});
reasons.addEventListener("keydown", (event) => {
  if (event.repeat) return;
  if (event.target === field) {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      sendNote();
    }
    return;
  }
  const button = reasons.querySelectorAll(".reason-list button")[Number(event.key) - 1];
  if (button) {
    event.preventDefault();
    choose(button.value);
  }
});
