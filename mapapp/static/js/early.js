// What the visitor did on the first page before this script was here: templates/public/home.html notes it.

/** Take it up now that the form is joined, as if it were done again. */
export function takeEarly(form) {
  const { dataset } = document.body;
  const { earlyTap, earlyInput } = dataset;
  dataset.isJoined = "yes";
  if (earlyInput) {
    for (const field of form.querySelectorAll("input[type=checkbox]")) {
      if (field.checked !== field.defaultChecked) field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (form.elements.q.value) form.elements.q.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (earlyTap) document.querySelector(earlyTap).click();
}
