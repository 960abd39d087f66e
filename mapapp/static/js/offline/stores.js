// What lies in the browser's cache, and under which names.
//
//   stationmap-files            files named by their content's hash, of all releases still in use
//   stationmap-pages-<version>  one release's pages in every language, and the list of its files
//   stationmap-data             the newest stations for each file format, and the chosen language
//
// No page that a person has opened is ever put in here: only what the release lists.

export const FILES = "stationmap-files";
export const DATA = "stationmap-data";
const PAGES_PREFIX = "stationmap-pages-";

/** The cache of a release's pages. */
export const pagesOf = (version) => PAGES_PREFIX + version;

/** The versions that have pages here, complete ones and such as were just begun. */
export async function keptVersions() {
  const names = await caches.keys();
  return names.filter((name) => name.startsWith(PAGES_PREFIX)).map((name) => name.slice(PAGES_PREFIX.length));
}

/** What lies under an address of a cache, or undefined. A missing cache is not made for it. */
export function kept(cacheName, address) {
  return caches.match(address, { cacheName, ignoreVary: true });
}

/** Put an answer under an address. Rejects when the phone has no room. */
export async function keep(cacheName, address, answer) {
  const cache = await caches.open(cacheName);
  await cache.put(address, answer);
}

/** A small JSON value of ours under an address. */
export async function keptValue(cacheName, address) {
  return (await kept(cacheName, address))?.json();
}

export function keepValue(cacheName, address, value) {
  return keep(cacheName, address, new Response(JSON.stringify(value), { headers: { "Content-Type": "application/json" } }));
}
