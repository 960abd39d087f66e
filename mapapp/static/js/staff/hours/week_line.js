// One line of the week: the day's name, its times to type, its bar to drag, and copying it to other days.

import { el } from "../../dom.js";
import { dayBar } from "./day_bar.js";
import { lineText } from "./spans.js";

/** `copyTargets` are {text, days} to copy to; `onEdit()` hears of changes by hand, `onCopy(days)` of copies. */
export function weekLine({ id, name, shortName = name, say, copyTargets = [], onEdit, onCopy }) {
  const problem = el("p", { class: "field-error week-problem", id: `${id}-problem`, hidden: true });
  const input = el("input", {
    id,
    class: "week-times",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: 200,
    placeholder: say("closed"),
    "aria-label": say("times_of", { day: name }),
    oninput: () => edit({ typed: input.value }),
    onkeydown: (event) => event.key === "Enter" && event.preventDefault(),
    onblur: () => typed === null && write(),
  });
  const bar = dayBar({ name, say, onChange: (spans) => edit({ spans }) });
  const copying = copyTargets.length > 0 ? copyPanel({ id, name, say, copyTargets, onCopy }) : null;
  const node = el(
    "div",
    { class: "week-line" },
    el("span", { class: "week-day" }, el("span", { class: "for-wide" }, name), el("span", { class: "for-narrow" }, shortName)),
    input,
    copying && copying.button,
    bar.node,
    problem,
    copying && copying.panel,
  );
  let line = [];
  let typed = null;

  function edit(change) {
    if (change.spans) line = change.spans;
    typed = change.typed ?? null;
    if (typed === null) write();
    onEdit();
  }

  function write() {
    input.value = lineText(line);
  }

  return {
    node,
    /** What is sent: what was typed and is not read yet, else the spans. */
    value: () => typed ?? line,
    /** The spans as they were read. What somebody is typing just now stays as they write it. */
    show(spans) {
      line = spans;
      typed = null;
      bar.show(spans);
      if (document.activeElement !== input) write();
      this.showProblem("");
    },
    /** A line as it was sent before: text or spans. */
    restore(value) {
      this.show(typeof value === "string" ? [] : value);
      if (typeof value !== "string") return;
      typed = value;
      input.value = value;
    },
    showProblem(sentence) {
      problem.textContent = sentence;
      problem.hidden = sentence === "";
      input.toggleAttribute("aria-invalid", sentence !== "");
      if (sentence === "") input.removeAttribute("aria-describedby");
      else {
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", problem.id);
      }
    },
  };
}

function copyPanel({ id, name, say, copyTargets, onCopy }) {
  const button = el(
    "button",
    {
      type: "button",
      class: "button quiet week-copy",
      "aria-expanded": "false",
      "aria-controls": `${id}-copy`,
      "aria-label": say("copy_of", { day: name }),
      onclick: () => open(panel.hidden),
    },
    el("span", { class: "for-wide" }, say("copy")),
    el("span", { class: "for-narrow" }, "→"),
  );
  const panel = el(
    "div",
    {
      class: "copy-panel",
      id: `${id}-copy`,
      hidden: true,
      role: "group",
      "aria-label": say("copy_to", { day: name }),
      onkeydown: (event) => {
        if (event.key !== "Escape") return;
        open(false);
        button.focus();
      },
    },
    copyTargets.map(({ text, days }) =>
      el(
        "button",
        {
          type: "button",
          class: "button",
          onclick: () => {
            open(false);
            button.focus();
            onCopy(days);
          },
        },
        text,
      ),
    ),
  );
  function open(isOpen) {
    panel.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
  }
  return { button, panel };
}
