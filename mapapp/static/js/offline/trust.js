// Whether an answer is ours. A hotel's network answers everything with its log-in page, and says 200.

const SIGNATURE = "X-Stationmap-Release";

/** Thrown for an answer that must not be kept or shown instead of one that is kept; `answer` may be null. */
export class NotUsable extends Error {
  constructor(why, answer = null) {
    super(why);
    this.name = "NotUsable";
    this.answer = answer;
  }
}

/** The program that made an answer, or null when it was not ours. */
export const programOf = (answer) => answer.headers.get(SIGNATURE);

/** Whether an answer comes from our service in good health; a redirection tells a worker nothing, and passes. */
export function isGood(answer) {
  return answer.type === "opaqueredirect" || (programOf(answer) !== null && answer.status < 500);
}

/** Whether an answer is what it shall be: a success of that type, from where it was asked. */
export function isOfType(answer, type) {
  const given = answer.headers.get("Content-Type") ?? "";
  return answer.ok && !answer.redirected && given.split(";")[0].trim().toLowerCase() === type;
}
