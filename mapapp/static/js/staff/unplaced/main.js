// One unplaced station: the map stands open with the stations of alike names and the places a map service knows.
// Taking one of those puts it into the form, where it can still be moved; only the button saves.

import { page } from "../../words.js";
import { joinPlace } from "../place.js";

const form = document.querySelector("[data-placing-form]");

document.querySelector("[autofocus]")?.focus(); // an answer that says what is wrong begins there

if (form) {
  const place = joinPlace(form);
  const candidates = page.candidates.filter(({ is_usable: isUsable }) => isUsable);

  const take = (candidate) => {
    place.put(candidate);
    form.elements.accuracy.value = candidate.accuracy;
  };

  for (const button of form.querySelectorAll("[data-candidate]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      take(candidates[Number(button.dataset.candidate)]);
      form.querySelector("[data-pin-place]").scrollIntoView({ block: "nearest" });
    });
  }

  place.openMap({ takesFocus: false }).then(() => {
    place.offer([
      ...page.alike.map(({ mark, name, lon, lat }) => ({ sign: mark, name, lon, lat })),
      ...candidates.map((candidate, number) => ({
        sign: String(number + 1),
        name: [candidate.label, candidate.level].filter(Boolean).join(" · "),
        lon: candidate.lon,
        lat: candidate.lat,
        take: () => take(candidate),
      })),
    ]);
  });
}
