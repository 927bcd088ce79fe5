// While the page is still read, so that nothing jumps: that there is a script, and what a telephone
// folds away until it is asked for.
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
