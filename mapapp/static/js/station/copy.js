// Copying a text, also where the page is not secure or the browser is an app's own.

import { el } from "../dom.js";

/** Put the text on the clipboard; resolves to whether that was allowed. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelection(text);
  }
}

/** The way browsers knew before: select it, and ask for a copy. */
function copySelection(text) {
  const focused = document.activeElement;
  const field = el("textarea", { class: "visually-hidden", readonly: true, tabindex: "-1", "aria-hidden": "true" });
  field.value = text;
  document.body.append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
    focused?.focus();
  }
}
