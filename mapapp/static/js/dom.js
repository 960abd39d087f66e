// Building page parts from data. Text only ever becomes text nodes: a station's name can hold anything.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children; strings become text, null and false are left out. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** A picture from the page's sprite: the symbol `#name`. */
export function mark(name, className = "") {
  const svg = fill(document.createElementNS(SVG, "svg"), { class: `mark ${className}`, "aria-hidden": "true" }, []);
  svg.append(fill(document.createElementNS(SVG, "use"), { href: `#${name}` }, []));
  return svg;
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/**
 * Give an element other content, exchanging only what differs: what is read, focused or pressed stays in place.
 * Rows are known again by their `data-code`; the focus in a row that is exchanged goes to the same control of the new one.
 */
export function replaceWhatDiffers(element, parts) {
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  const row = focused?.closest("[data-code]");
  const number = row ? controlsIn(row).indexOf(focused) : -1;
  exchange(element, el("div", {}, parts));
  if (!row || document.activeElement === focused) return;
  const newRow = element.querySelector(`[data-code="${CSS.escape(row.dataset.code)}"]`);
  if (newRow) controlsIn(newRow)[number]?.focus({ preventScroll: true });
}

const controlsIn = (row) => [...row.querySelectorAll("a, button")];

const codeOf = (node) => node?.dataset?.code;

/** Elements whose rows are exchanged one by one. */
const holdsRows = (node) => Boolean(node?.matches?.(".stations, .district"));

function exchange(element, wanted) {
  const rowsBefore = new Map([...element.children].filter(codeOf).map((row) => [codeOf(row), row]));
  const wantedCodes = new Set([...wanted.children].map(codeOf).filter(Boolean));
  let spot = element.firstChild;
  const step = () => {
    const here = spot;
    spot = spot.nextSibling;
    return here;
  };
  for (const node of [...wanted.childNodes]) {
    while (codeOf(spot) && !wantedCodes.has(codeOf(spot))) step().remove();
    const before = rowsBefore.get(codeOf(node));
    if (spot?.isEqualNode(node)) step();
    else if (before?.isEqualNode(node)) element.insertBefore(before, spot);
    else if (before && before === spot) step().replaceWith(node);
    else if (holdsRows(spot) && holdsRows(node) && spot.nodeName === node.nodeName) exchange(step(), node);
    else {
      before?.remove();
      element.insertBefore(node, spot);
    }
  }
  while (spot) step().remove();
}
