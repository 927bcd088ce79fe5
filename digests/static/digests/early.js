// While the page is still read, so that nothing jumps: that there is a script, and what a telephone
// folds away until it is asked for.
{
  document.querySelector("[data-desk]").classList.add("scripted");
  const telephone = matchMedia("(max-width: 767px)");
  const folds = () => document.querySelectorAll("details[data-fold]");
  if (telephone.matches) { for (const fold of folds()) fold.open = fold.dataset.fold === "used"; }
  telephone.addEventListener("change", () => {
    if (!telephone.matches) { for (const fold of folds()) fold.open = true; }
  });
}
