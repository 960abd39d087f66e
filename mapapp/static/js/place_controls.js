// The controls that set and clear the place, and the lines that say what happened and what else can be done.

import { el } from "./dom.js";
import { isFarAway, isOldPosition, placeText } from "./place.js";
import { askDevice } from "./places/device.js";
import { takePlaceFromText, typedPlace } from "./places/given_place.js";
import { prepareTextSearch } from "./places/text_search.js";
import { looksLikePosition } from "./places/typed_position.js";
import { t } from "./words.js";

/** The ways on that help after each refusal, best first. */
const WAYS_ON = {
  denied: ["search", "map", "type"],
  unavailable: ["again", "search", "map", "type"],
  timeout: ["again", "search", "map", "type"],
  insecure: ["search", "map", "type"],
  unsupported: ["search", "map", "type"],
  in_app: ["copy", "again", "search", "map"],
};
const PASTED = ["insertFromPaste", "insertFromDrop", "insertFromYank", "insertReplacementText"];
const PASTED_LENGTH = 12;

/**
 * Join "near me", the search box, typed coordinates and "clear" to the finder. Gives back
 * {askForPlace, choosePlace}: the same as a press of "near me", and a place chosen elsewhere on the page.
 */
export function joinPlaceControls(form, finder, setPlace, bounds) {
  const message = joinMessage(form);
  let choices = 0;
  const set = (place) => {
    choices += 1;
    setPlace(place);
  };
  const take = (place) => {
    message.clear();
    set(place);
  };
  const askForPlace = joinNearMe(form, take, message, () => choices);
  joinTypedCoordinates(form, take, message, bounds);
  joinSearchBox(form, finder, take, message, bounds);
  showThePlace(form, finder, set, message, bounds);
  renewOldPosition(finder, askForPlace);
  return { askForPlace, choosePlace: take };
}

const part = (form, id) => form.querySelector(`#${id}`);

/** The line below "near me": a sentence, and buttons that lead on. */
function joinMessage(form) {
  const [line, ways, why] = ["place-message", "place-ways", "near-me-why"].map((id) => part(form, id));
  const say = (text, buttons = []) => {
    if (ways.contains(document.activeElement)) part(form, "near-me").focus(); // the pressed button goes away
    line.textContent = text;
    if (text) why.hidden = true; // the reason has been read; what follows needs the room
    ways.replaceChildren(...buttons.map(([words, act]) => el("button", { type: "button", class: "button", onclick: act }, words)));
    ways.hidden = buttons.length === 0;
  };
  return { say, clear: () => say("") };
}

/** `choices()` counts the places chosen and cleared: a position that comes after one of them is not wanted any more. */
function joinNearMe(form, take, message, choices) {
  const nearMe = part(form, "near-me");
  let asking = null;
  const ask = async () => {
    nearMe.setAttribute("aria-busy", "true");
    message.say(t("place_asking"));
    const before = choices();
    const isOutdated = () => choices() !== before;
    try {
      const place = await askDevice();
      if (!isOutdated()) take(place);
    } catch (error) {
      if (!isOutdated()) explainRefusal(form, message, error, askForPlace);
    } finally {
      nearMe.removeAttribute("aria-busy");
    }
  };
  /** A second press while the first is being answered waits for the same answer. */
  const askForPlace = () => {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };
  nearMe.addEventListener("click", askForPlace);
  return askForPlace;
}

/** Whoever comes back after a while may be elsewhere: ask anew where the device answers without a question. */
function renewOldPosition(finder, askForPlace) {
  const renew = async () => {
    if (document.hidden || !isOldPosition(finder.question.place)) return;
    const permission = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
    if (permission?.state === "granted" && isOldPosition(finder.question.place)) askForPlace();
  };
  document.addEventListener("visibilitychange", renew);
  renew();
}

/** Say why there is no position, and offer what can be done instead. Anything else is an error of ours. */
function explainRefusal(form, message, error, askAgain) {
  const { reason, app } = error;
  if (!(reason in WAYS_ON)) throw error;
  const mapButton = document.querySelector("[data-show=map]");
  const acts = {
    again: [t("way_again"), askAgain],
    search: [t("way_search"), () => part(form, "q").focus()],
    map: mapButton?.offsetParent && [t("way_map"), () => mapButton.click()], // hidden where the map is in sight anyway
    type: [t("way_type"), () => openOtherWays(form)],
    copy: navigator.clipboard && [t("way_copy"), (event) => copyAddress(event.currentTarget)],
  };
  const sentence = reason === "in_app" ? t("place_in_app", { app: t(`app_${app}`) }) : t(`place_${reason}`);
  message.say(sentence, WAYS_ON[reason].map((way) => acts[way]).filter(Boolean));
}

function openOtherWays(form) {
  part(form, "other-ways").open = true;
  part(form, "coordinates").focus();
}

async function copyAddress(button) {
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = t("way_copied");
  } catch {
    button.textContent = location.href; // then it can be selected by hand
  }
}

function joinTypedCoordinates(form, take, message, bounds) {
  const [field, crs, problem] = ["coordinates", "coordinates-crs", "coordinates-problem"].map((id) => part(form, id));
  const refuse = (text) => {
    problem.textContent = text;
    field.setAttribute("aria-invalid", "true");
    field.focus();
  };
  const useTyped = () => {
    problem.textContent = "";
    field.removeAttribute("aria-invalid");
    const isLink = /[a-z]{3,}[:.]/iu.test(field.value);
    const linked = isLink ? takePlaceFromText(field.value, bounds) : null;
    if (linked?.problem) return refuse(linked.problem);
    try {
      take(linked?.place ?? typedPlace(field.value, crs.value, bounds));
    } catch (error) {
      refuse(error.message);
    }
  };
  part(form, "use-coordinates").addEventListener("click", useTyped);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    useTyped();
  });
}

/**
 * The search box takes places too: what is pasted at once, what is typed on Enter or by the button that is
 * offered then. It listens before anybody else, so that no position becomes a search or part of the address.
 */
function joinSearchBox(form, finder, take, message, bounds) {
  const box = part(form, "q");
  const read = () => takePlaceFromText(box.value, bounds, finder.data?.byCode);
  const useText = () => {
    const found = read();
    if (!found) return false;
    if (found.problem) {
      message.say(found.problem);
      return true;
    }
    box.value = "";
    if (finder.question.text) finder.ask({ text: "" });
    take(found.place);
    if (found.place.source === "typed") message.say(t("typed_as_gps"));
    return true;
  };
  const offer = () => {
    if (!looksLikePosition(box.value)) return message.clear();
    const found = read();
    if (found?.place) message.say(t("place_recognised"), [[t("way_start_there"), useText]]);
  };
  let lastLength = box.value.length;
  form.addEventListener("input", (event) => {
    if (event.target !== box) return;
    const isPasted = PASTED.includes(event.inputType) || box.value.length - lastLength >= PASTED_LENGTH;
    if (isPasted && useText()) event.stopPropagation();
    else offer();
    lastLength = box.value.length;
  }, true);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && useText()) event.preventDefault();
  });
  box.addEventListener("focus", () => finder.data && prepareTextSearch(finder.data), { once: true });
}

/** The line that says where the search starts from, and the button that forgets it. */
function showThePlace(form, finder, setPlace, message, bounds) {
  const [shown, words, why, nearMe] = ["place-shown", "place-words", "near-me-why", "near-me"].map((id) => part(form, id));
  part(form, "clear-place").addEventListener("click", () => {
    message.clear();
    setPlace(null);
    why.hidden = false;
    nearMe.focus();
  });
  finder.onAnswer(() => {
    const { place } = finder.question;
    shown.hidden = !place;
    if (place) why.hidden = true;
    if (!place) return;
    words.textContent = placeText(place) + (isFarAway(place, bounds) ? ` ${t("place_far_away")}` : "");
  });
}
