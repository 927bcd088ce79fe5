// Runs while the page is still being parsed, so that nothing jumps: marks that scripts run, and
// folds what a telephone shows only on request.
{
  document.querySelector("[data-desk]")?.classList.add("scripted");
  const telephone = matchMedia("(max-width: 767px)");
  /** @param {(fold: HTMLDetailsElement) => boolean} isOpen */
  const open = (isOpen) => {
    for (const fold of document.querySelectorAll("details")) {
      if (fold.hasAttribute("data-fold")) fold.open = isOpen(fold);
    }
  };
  if (telephone.matches) open((fold) => fold.dataset.fold === "used");
  telephone.addEventListener("change", () => {
    if (!telephone.matches) open(() => true);
  });
}
