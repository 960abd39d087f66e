// The page's words, in the page's language. Every string a person reads comes from the server's
// catalogue through the JSON element #page-data; this module only picks and fills them in.

export const page = JSON.parse(document.getElementById("page-data")?.textContent ?? "{}");

export const language = page.language ?? "zh";
export const urls = page.urls ?? {};

const messages = page.messages ?? {};
const labels = page.labels ?? {};

/** The message of that key with %(name)s filled in; [one, other] pairs are chosen by `values.count`. */
export function t(key, values = {}) {
  const found = messages[key];
  if (found === undefined) return key;
  const text = Array.isArray(found) ? found[values.count === 1 ? 0 : 1] : found;
  return text.replace(/%\((\w+)\)[sd]/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The label of a code in one of the vocabularies: kinds, services, entry_methods, states, districts. */
export function label(vocabulary, code) {
  return labels[vocabulary]?.[code] ?? code;
}

/** Things in a row, as the language writes a list. */
export function listed(parts) {
  return parts.join(t("list_separator"));
}
