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

/** Replace an element's content, unless it is the same: what is read, focused or pressed stays in place. */
export function replaceWhatDiffers(element, parts) {
  const wanted = el("div", {}, parts);
  const isSame =
    wanted.childNodes.length === element.childNodes.length &&
    [...wanted.childNodes].every((node, index) => node.isEqualNode(element.childNodes[index]));
  if (!isSame) element.replaceChildren(...wanted.childNodes);
}
