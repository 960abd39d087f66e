// The week's picture: the numbers of the hour under the pointer, or chosen with the arrow keys, are said below it.
// They are read from the table behind the picture, so both always agree.

const HOURS = 168;

/** Bring every picture of a week on the page to life. */
export function reviveHeats(root = document) {
  root.querySelectorAll("[data-heat]").forEach(revive);
}

function revive(figure) {
  const svg = figure.querySelector("svg");
  const region = figure.querySelector(".chart-wide");
  const said = figure.querySelector(".heat-said");
  const cursor = figure.querySelector(".heat-cursor");
  const table = document.getElementById(figure.dataset.table).querySelector("table");
  const tops = figure.dataset.tops.split(" ").filter(Boolean).map(Number);
  const [left, hourWidth, rowHeight] = ["left", "hourWidth", "rowHeight"].map((name) => Number(figure.dataset[name]));
  let chosen = null;

  function show(row, hour) {
    chosen = { row, hour };
    cursor.setAttribute("x", left + hour * hourWidth);
    cursor.setAttribute("y", tops[row]);
    const line = table.tBodies[0].rows[hour];
    said.textContent = `${line.cells[0].textContent} · ${table.tHead.rows[0].cells[row + 1].textContent}: ${line.cells[row + 1].textContent}`;
  }

  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / box.width;
    const hour = Math.floor(((event.clientX - box.left) * scale - left) / hourWidth);
    const y = (event.clientY - box.top) * scale;
    const row = tops.findIndex((top) => y >= top && y <= top + rowHeight);
    if (row >= 0 && hour >= 0 && hour < HOURS) show(row, hour);
  });

  region.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!step || tops.length === 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const from = chosen || { row: 0, hour: -step[1] };
    const row = Math.min(Math.max(from.row + step[0], 0), tops.length - 1);
    show(row, (from.hour + step[1] + HOURS) % HOURS);
    keepInSight(Number(cursor.getAttribute("x")));
  });

  function keepInSight(x) {
    const shown = x * (svg.getBoundingClientRect().width / svg.viewBox.baseVal.width);
    if (shown < region.scrollLeft + 40) region.scrollLeft = shown - 40;
    else if (shown > region.scrollLeft + region.clientWidth - 40) region.scrollLeft = shown - region.clientWidth + 40;
  }
}
