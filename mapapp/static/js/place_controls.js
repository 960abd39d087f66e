// The controls that set and clear the place, and the lines that say what happened.

import { askDevice, isFarAway, placeText, typedPlace } from "./place.js";
import { t } from "./words.js";

/** Join "near me", typed coordinates and "clear" to the finder. */
export function joinPlaceControls(form, finder, setPlace, bounds) {
  const part = (id) => form.querySelector(`#${id}`);
  const [nearMe, message, shown, words] = ["near-me", "place-message", "place-shown", "place-words"].map(part);
  const [field, crs, problem] = ["coordinates", "coordinates-crs", "coordinates-problem"].map(part);

  const say = (text) => {
    message.textContent = text;
  };

  nearMe.addEventListener("click", async () => {
    nearMe.disabled = true;
    say(t("place_asking"));
    try {
      setPlace(await askDevice());
      say("");
    } catch (error) {
      say(error.message);
      part("other-ways").open = true;
    } finally {
      nearMe.disabled = false;
    }
  });

  const useTyped = () => {
    problem.textContent = "";
    field.removeAttribute("aria-invalid");
    try {
      setPlace(typedPlace(field.value, crs.value, bounds));
      say("");
    } catch (error) {
      problem.textContent = error.message;
      field.setAttribute("aria-invalid", "true");
      field.focus();
    }
  };
  part("use-coordinates").addEventListener("click", useTyped);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    useTyped();
  });

  part("clear-place").addEventListener("click", () => {
    setPlace(null);
    nearMe.focus();
  });

  finder.onAnswer(() => {
    const { place } = finder.question;
    shown.hidden = !place;
    if (!place) return;
    words.textContent = placeText(place) + (isFarAway(place, bounds) ? ` ${t("place_far_away")}` : "");
  });
}
