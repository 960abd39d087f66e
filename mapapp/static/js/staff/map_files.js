// What a map needs, fetched when it is first opened: styles before ours, Leaflet, then the code that uses it.

/** Resolves to the module of the map's code; rejects when something did not arrive, and may be tried again. */
export async function fetchMap({ styles, scripts, code }) {
  await Promise.all(styles.map(addStyle));
  for (const url of scripts) await addScript(url);
  return import(code);
}

/** Before the page's own stylesheet, whose rules shall win. */
function addStyle(href) {
  if (document.querySelector(`link[href="${CSS.escape(href)}"]`)) return Promise.resolve();
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return added(link, () => document.querySelector("link[rel=stylesheet]").before(link));
}

function addScript(src) {
  const script = Object.assign(document.createElement("script"), { src });
  return added(script, () => document.head.append(script));
}

function added(node, add) {
  return new Promise((resolve, reject) => {
    node.onload = resolve;
    node.onerror = () => {
      node.remove();
      reject(new Error(node.src || node.href));
    };
    add();
  });
}
