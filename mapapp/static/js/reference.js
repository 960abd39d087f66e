// The reference of the interface for programs: Redoc draws the OpenAPI document, in our colours and as large as
// our text. Until it has, and wherever it cannot, the page shows the addresses that the server wrote into it.

/* global Redoc */

const HEADING_BELOW_OPERATION = "3";

const stage = document.getElementById("reference");
const summary = document.getElementById("reference-summary");
const address = stage.dataset.document;
const failure = document.getElementById("reference-failed");

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function answerColours(strong, soft) {
  return { color: token(strong), backgroundColor: token(soft), tabTextColor: token(strong) };
}

/** Redoc computes shades of its colours, so it must be given values and not the names of our properties. */
function theme() {
  const type = token("type");
  return {
    spacing: { sectionVertical: 24 },
    breakpoints: { medium: "60rem", large: "80rem" },
    colors: {
      primary: { main: token("accent") },
      success: { main: token("open") },
      warning: { main: token("soon") },
      error: { main: token("stopped") },
      gray: { 50: token("sunken"), 100: token("sunken") },
      text: { primary: token("ink"), secondary: token("ink-soft") },
      border: { dark: token("line-strong"), light: token("line") },
      responses: {
        success: answerColours("open", "open-soft"),
        redirect: answerColours("soon", "soon-soft"),
        error: answerColours("stopped", "stopped-soft"),
        info: answerColours("unknown", "unknown-soft"),
      },
    },
    schema: { nestedBackground: token("sunken"), linesColor: token("line-strong") },
    typography: {
      fontSize: "1rem",
      lineHeight: "1.6",
      fontFamily: type,
      headings: { fontFamily: type, fontWeight: "700", lineHeight: "1.3" },
      code: { fontSize: "0.9375rem", fontFamily: "monospace", color: token("ink"), backgroundColor: token("sunken") },
    },
    sidebar: { backgroundColor: token("surface"), textColor: token("ink"), activeTextColor: token("accent") },
    fab: { backgroundColor: token("sunken"), color: token("accent") },
  };
}

function draw(description) {
  const canvas = document.createElement("div");
  stage.replaceChildren(canvas);
  const options = {
    downloadUrls: [{ title: "OpenAPI 3.1", url: address }],
    disableSearch: true, // so few addresses need no index, and the index wants a worker made from text
    hideLoading: true,
    hideSchemaPattern: true, // the descriptions say in words what the patterns say to programs
    hideSchemaTitles: true,
    nativeScrollbars: true,
    requiredPropsFirst: true,
    sortTagsAlphabetically: false,
    theme: theme(),
  };
  Redoc.init(description, options, canvas, (error) => show(!error));
}

function show(isDrawn) {
  failure.hidden = isDrawn;
  summary.hidden = isDrawn;
  stage.hidden = !isDrawn;
}

/** Redoc's headings leave two levels out below an operation, which loses those who go by headings. */
function closeGapsInHeadings() {
  for (const heading of stage.querySelectorAll("h5:not([aria-level])")) {
    heading.setAttribute("aria-level", HEADING_BELOW_OPERATION);
  }
}

async function read() {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`the description was answered with ${answer.status}`);
  return answer.json();
}

async function start() {
  const description = await read();
  new MutationObserver(closeGapsInHeadings).observe(stage, { childList: true, subtree: true });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(description));
  draw(description);
}

if (typeof Redoc === "undefined") show(false);
else start().catch(() => show(false));
