// Build what browsers load: our bundles, the locked third-party libraries and images, each under a name
// that carries a hash of its content, with .br and .gz beside text, a manifest and the licence texts.
//
//   node scripts/build_assets.mjs [--source mapapp/static] [--out mapapp/static/built]
//
// The same input gives the same bytes. New files are written first, then the manifest: a server that is
// running finds a complete set at every moment. Files of earlier builds stay for two weeks after they were
// last in use: a page that is open, or a server not yet started anew, still asks for them.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import * as esbuild from "esbuild";

const PROJECT_DIR = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const PACKAGES_DIR = path.join(PROJECT_DIR, "node_modules");
const SCRIPT_TARGET = "es2019"; // what cheap and old phones understand
const STYLE_TARGET = ["chrome80", "safari13", "firefox78"];
const HASH_LENGTH = 10;
const KEPT_FILES = new Set([".built"]); // the stamp of scripts/installation
const EARLIER_BUILDS_STAY_MS = 14 * 86_400_000;

const OUR_BUNDLES = {
  "main.js": "js/main.js",
  "map.js": "js/map.js",
  "offline.js": "js/offline.js",
  "sw.js": "js/sw.js",
  "station.js": "js/station.js",
  "report.js": "js/report.js",
  "planner.js": "js/planner.js",
  "reference.js": "js/reference.js",
  "hours_editor.js": "js/staff/hours/main.js",
  "station_form.js": "js/staff/main.js",
  "staff_import.js": "js/staff/imports/main.js",
  "staff.leaving.js": "js/staff/leaving.js",
  "station_form.map.js": "js/staff/pin_map_code.js",
  "site.css": "css/site.css",
  "planner.css": "css/planner.css",
  "demand_week.js": "js/planner/demand_week.js",
  "planner_ask.js": "js/planner/ask.js",
  "planner_ask.css": "css/planner_ask.css",
  "charts.css": "css/charts.css",
  "demand.css": "css/demand.css",
  "report_document.js": "js/report_document.js",
  "report_document.css": "css/report_document.css",
  "planner_report.css": "css/planner_report.css",
  "reference.css": "css/reference.css",
  "hours_editor.css": "css/hours_editor.css",
  "staff.css": "css/staff.css",
  "staff.truth.css": "css/staff_truth.css",
  "staff.verify.js": "js/staff/verify/main.js",
  "staff.unplaced.js": "js/staff/unplaced/main.js",
  "staff_unplaced.css": "css/staff_unplaced.css",
  "station_form.css": "css/station_form.css",
  "staff_import.css": "css/staff_import.css",
  "staff_reports.css": "css/staff_reports.css",
  "poster.css": "css/poster.css",
  "staff_holidays.css": "css/staff_holidays.css",
};
/** Not every browser takes a module for a service worker. */
const CLASSIC_SCRIPTS = new Set(["sw.js"]);
const LIBRARY_SCRIPTS = {
  "leaflet.js": "leaflet/dist/leaflet.js",
  "markercluster.js": "leaflet.markercluster/dist/leaflet.markercluster.js",
  "redoc.js": "redoc/bundles/redoc.standalone.js",
};
/** As published, Redoc asks its makers' host for a logo, and learns the nonce too late for its first style. */
const CHANGES_TO_LIBRARIES = {
  "redoc.js": [
    ["https://cdn.redoc.ly/redoc/logo-mini.svg", "data:,"],
    ["r.nc=void 0", "r.nc=document.currentScript.nonce"],
  ],
};
const LIBRARY_STYLES = {
  "leaflet.css": ["leaflet/dist/leaflet.css"],
  "markercluster.css": [
    "leaflet.markercluster/dist/MarkerCluster.css",
    "leaflet.markercluster/dist/MarkerCluster.Default.css",
  ],
};
const LIBRARY_IMAGES_DIR = "leaflet/dist/images";
const TEXT = new Set([".js", ".css", ".svg", ".json", ".txt"]);
const IMAGE = /\.(png|svg|webp|jpg|ico)$/;

const { values: options } = parseArgs({
  options: { source: { type: "string" }, out: { type: "string" } },
});
const sourceDir = path.resolve(options.source ?? path.join(PROJECT_DIR, "mapapp", "static"));
const outDir = path.resolve(options.out ?? path.join(sourceDir, "built"));

/** The files of this build by their final name, and the manifest from plain names to final ones. */
const files = new Map();
const manifest = {};

function addFile(name, content) {
  const bytes = Buffer.from(content);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, HASH_LENGTH);
  const { dir, name: stem, ext } = path.posix.parse(name);
  const finalName = path.posix.join(dir, `${stem}.${hash}${ext}`);
  files.set(finalName, bytes);
  manifest[name] = finalName;
  return finalName;
}

/** Stylesheets refer to images: give those their final names too. */
const imageNames = {
  name: "image-names",
  setup(build) {
    build.onResolve({ filter: IMAGE }, ({ path: url, resolveDir }) => {
      const file = path.resolve(resolveDir, url);
      const isOurs = file.startsWith(path.join(sourceDir, "img") + path.sep);
      const name = isOurs ? `img/${path.relative(path.join(sourceDir, "img"), file)}` : path.basename(file);
      return { path: `./${addFile(name.split(path.sep).join("/"), readFileSync(file))}`, external: true };
    });
  },
};

const BUILD_OPTIONS = {
  absWorkingDir: PROJECT_DIR,
  bundle: true,
  minify: true,
  write: false,
  charset: "utf8",
  legalComments: "inline",
  logLevel: "error",
  plugins: [imageNames],
};

async function bundle(name, input) {
  const format = CLASSIC_SCRIPTS.has(name) ? "iife" : "esm";
  const kind = name.endsWith(".js") ? { format, target: SCRIPT_TARGET } : { target: STYLE_TARGET };
  const result = await esbuild.build({ ...BUILD_OPTIONS, ...kind, ...input });
  if (result.warnings.length > 0) {
    const lines = await esbuild.formatMessages(result.warnings, { kind: "warning" });
    throw new Error(`${name}: warnings count as errors here\n${lines.join("\n")}`);
  }
  addFile(name, result.outputFiles[0].contents);
}

async function addOurBundles() {
  for (const [name, entry] of Object.entries(OUR_BUNDLES)) {
    const file = path.join(sourceDir, entry);
    if (!existsSync(file)) throw new Error(`The entry point ${file} is missing.`);
    await bundle(name, { entryPoints: [file] });
  }
}

function librarySource(name, file) {
  let source = readFileSync(path.join(PACKAGES_DIR, file), "utf8");
  for (const [from, to] of CHANGES_TO_LIBRARIES[name] ?? []) {
    if (source.split(from).length !== 2) throw new Error(`${file} holds ${from} no longer once: look at it again.`);
    source = source.replace(from, () => to);
  }
  return source;
}

async function addLibraries() {
  for (const [name, file] of Object.entries(LIBRARY_SCRIPTS)) {
    const source = librarySource(name, file);
    const { code } = await esbuild.transform(source, {
      minify: true,
      charset: "utf8",
      target: SCRIPT_TARGET,
      legalComments: "inline",
    });
    addFile(name, code);
  }
  for (const [name, sheets] of Object.entries(LIBRARY_STYLES)) {
    const contents = sheets.map((sheet) => `@import ${JSON.stringify(`./${sheet}`)};`).join("\n");
    await bundle(name, { stdin: { contents, loader: "css", resolveDir: PACKAGES_DIR } });
  }
}

function addImages(dir, prefix) {
  if (!existsSync(dir)) return;
  for (const entry of readdirSync(dir, { recursive: true }).sort()) {
    const file = path.join(dir, entry);
    if (statSync(file).isFile()) addFile(prefix + entry.split(path.sep).join("/"), readFileSync(file));
  }
}

/** The licence of every package that ends up in a browser, and the notices of what its bundle holds. */
function licenceTexts() {
  const libraries = [...Object.values(LIBRARY_SCRIPTS), ...Object.values(LIBRARY_STYLES).flat()];
  const packages = [...new Set(libraries.map((file) => file.split("/")[0]))].sort();
  const texts = packages.map((name) => {
    const dir = path.join(PACKAGES_DIR, name);
    const { version, license } = JSON.parse(readFileSync(path.join(dir, "package.json"), "utf8"));
    const file = readdirSync(dir).find((entry) => /licen[cs]e/i.test(entry));
    if (!file) throw new Error(`${name} comes without a licence text.`);
    return `${name} ${version} (${license})\n\n${readFileSync(path.join(dir, file), "utf8").trim()}\n`;
  });
  const notices = libraries.map((file) => path.join(PACKAGES_DIR, `${file}.LICENSE.txt`)).filter(existsSync);
  texts.push(...notices.map((file) => `${path.basename(file)}\n\n${readFileSync(file, "utf8").trim()}\n`));
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

function write(name, bytes) {
  const file = path.join(outDir, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, bytes);
  renameSync(`${file}.new`, file);
}

function writeAll() {
  const written = new Set([...KEPT_FILES, "manifest.json", "LICENSES.txt"]);
  for (const [name, bytes] of files) {
    const versions = { "": bytes };
    if (TEXT.has(path.extname(name))) {
      const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
      versions[".br"] = brotliCompressSync(bytes, { params: quality });
      versions[".gz"] = gzipSync(bytes, { level: 9 });
    }
    for (const [suffix, content] of Object.entries(versions)) {
      write(name + suffix, content);
      written.add(name + suffix);
    }
  }
  write("LICENSES.txt", licenceTexts());
  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  write("manifest.json", `${JSON.stringify(sorted, null, 2)}\n`);
  return written;
}

/** Start the two weeks of what the build before this one was made of. */
function dismissPreviousBuild(nowMs) {
  const file = path.join(outDir, "manifest.json");
  if (!existsSync(file)) return;
  for (const name of Object.values(JSON.parse(readFileSync(file, "utf8")))) {
    for (const version of ["", ".br", ".gz"].map((suffix) => path.join(outDir, name + suffix)).filter(existsSync)) {
      utimesSync(version, nowMs / 1000, nowMs / 1000);
    }
  }
}

function removeEarlierBuilds(written, nowMs) {
  for (const entry of readdirSync(outDir, { recursive: true })) {
    const file = path.join(outDir, entry);
    const found = statSync(file);
    const isNeeded = written.has(entry.split(path.sep).join("/")) || nowMs - found.mtimeMs < EARLIER_BUILDS_STAY_MS;
    if (found.isFile() && !isNeeded) rmSync(file);
  }
}

try {
  await addOurBundles();
  await addLibraries();
  addImages(path.join(PACKAGES_DIR, LIBRARY_IMAGES_DIR), "");
  addImages(path.join(sourceDir, "img"), "img/");
  mkdirSync(outDir, { recursive: true });
  const nowMs = Date.now();
  dismissPreviousBuild(nowMs);
  removeEarlierBuilds(writeAll(), nowMs);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
