// Asking the device where it is: once, when the user asks for it, and with an answer to every refusal.

import { appAround } from "./in_app.js";

const WAIT_MS = 15_000;
const FRESH_MS = 60_000;
/** Some apps' browsers never answer at all; longer than anybody needs to read a question of theirs. */
const SILENCE_MS = 45_000;
const REASONS = { 1: "denied", 2: "unavailable", 3: "timeout" };
/** What an app around the page may be the cause of. */
const APP_REASONS = ["denied", "unavailable", "timeout"];

/** Why there is no position: `reason` is denied, unavailable, timeout, insecure, unsupported or in_app. */
export class NoPosition extends Error {
  constructor(reason, app = null) {
    super(reason);
    this.name = "NoPosition";
    this.reason = reason;
    this.app = app;
  }
}

/** The device's position as a place. Rejects with NoPosition; never with a place somebody made up. */
export function askDevice() {
  return new Promise((resolve, reject) => {
    const refuse = (reason) => {
      const app = APP_REASONS.includes(reason) ? appAround(navigator.userAgent) : null;
      reject(app ? new NoPosition("in_app", app) : new NoPosition(reason));
    };
    if (!window.isSecureContext) return refuse("insecure");
    if (!navigator.geolocation) return refuse("unsupported");
    const silence = setTimeout(() => refuse("timeout"), SILENCE_MS);
    const settle = (answer) => (given) => {
      clearTimeout(silence);
      answer(given);
    };
    navigator.geolocation.getCurrentPosition(
      settle(({ coords }) => resolve(placeOf(coords))),
      settle((error) => refuse(REASONS[error.code] ?? "unavailable")),
      { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: FRESH_MS },
    );
  });
}

function placeOf({ longitude, latitude, accuracy }) {
  return { lon: longitude, lat: latitude, source: "device", accuracyM: accuracy ?? null, atMs: Date.now() };
}
