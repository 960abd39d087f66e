// The parts of a station's form, folded on a phone. Links of the jump bar and of an answer open what they lead to;
// where there is room everything lies open.

const ROOMY = "(min-width: 60rem)";

export function joinFolds(form) {
  const folds = [...form.querySelectorAll(".form-fold")];
  if (folds.length === 0) return;
  const all = document.querySelector("[data-open-all]");
  if (matchMedia(ROOMY).matches) openAll(true);
  reveal(location.hash);

  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a[href^='#']");
    if (link) reveal(link.hash);
  });
  addEventListener("hashchange", () => reveal(location.hash));
  all?.addEventListener("click", () => openAll(folds.some(({ open }) => !open)));
  for (const fold of folds) fold.addEventListener("toggle", sayAll);
  sayAll();

  function openAll(isOpen) {
    for (const fold of folds) fold.open = isOpen;
    if (isOpen) for (const shelf of form.querySelectorAll("details.shelf.usual")) shelf.open = true;
  }

  function sayAll() {
    if (all) all.textContent = folds.every(({ open }) => open) ? all.dataset.shut : all.dataset.open;
  }

  function reveal(hash) {
    openAround(hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null);
  }
}

/** Open every fold that something lies in, and the fold itself. */
export function openAround(node) {
  for (let fold = node?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}
