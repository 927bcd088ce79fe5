// Before a page is left, asks about what was written into its forms and not saved.
const forms = document.querySelectorAll("form[data-guard]");
let unsaved = false;
for (const form of forms) {
  form.addEventListener("input", () => {
    unsaved = true;
  });
  form.addEventListener("change", () => {
    unsaved = true;
  });
  form.addEventListener("submit", () => {
    unsaved = false;
  });
}
addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
