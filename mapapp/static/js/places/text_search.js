// Which stations a typed text means: names, addresses, towns, districts and codes, in Chinese characters,
// full pinyin, initials (xqyz) or a mixture. What is spelt right always beats what is nearly right:
//   1. every word as it is written or spelt;
//   2. with syllables that sound alike (zhi for zi, xin for xing);
//   3. with something left out in the middle of a word (兴庆驿站 for 兴庆区…驿站, xqyz likewise);
//   4. with slips: one error in four letters or characters, two in eight; the fewest errors win.
// The first of these that finds any station at all is the answer.

import { looksLikePosition } from "./typed_position.js";
import { folded, LONGEST_WORD, wordTest } from "./spelling.js";
import { distinctWords, LETTER_COUNT, letterCode, stationTexts } from "./station_texts.js";
import { allowedErrors, typoCount } from "./typos.js";

const BREAKS = /[\s,;:、。·|()[\]【】「」<>"“”]+/u;
const APOSTROPHES = /['’`]/gu;
const TYPO_WORDS = /[\u3400-\u9fff]+|[a-z]+|\p{N}+/gu;
const HAN = /^[\u3400-\u9fff]/u;
const LATIN = /[a-z]/u;
const MATCHERS_KEPT = 4;

const searches = new WeakMap();

/** A test for stations of the data: whether the text means them. A text without words means all. */
export function textMatcher(text, data) {
  if (looksLikePosition(text)) return () => true; // it is a place to start from, not a name
  return searchOf(data).matcher(wordsOf(text));
}

/** Whether the text means this station of the data. */
export function matchesText(station, text, data) {
  return textMatcher(text, data)(station);
}

/** Do now what the first key press would otherwise wait for: in two turns, so that a tap in between is served. */
export function prepareTextSearch(data) {
  const search = searchOf(data);
  search.prepareTexts();
  setTimeout(() => search.prepareWords());
}

function searchOf(data) {
  if (!searches.has(data)) searches.set(data, new TextSearch(data));
  return searches.get(data);
}

function wordsOf(text) {
  const words = folded(text).replace(APOSTROPHES, "").split(BREAKS);
  return words.filter(Boolean).flatMap(inReach);
}

/** A word in pieces that are not too long to be matched. */
function inReach(word) {
  const count = Math.ceil(word.length / LONGEST_WORD);
  return Array.from({ length: count }, (_, index) => word.slice(index * LONGEST_WORD, (index + 1) * LONGEST_WORD));
}

class TextSearch {
  #data;
  #madeTexts = null;
  #madeWords = null;
  #matchers = new Map();

  constructor(data) {
    this.#data = data;
  }

  get #texts() {
    this.#madeTexts ??= stationTexts(this.#data);
    return this.#madeTexts;
  }

  get #words() {
    this.#madeWords ??= distinctWords(this.#texts, this.#data.readings);
    return this.#madeWords;
  }

  prepareTexts() {
    return this.#texts;
  }

  prepareWords() {
    return this.#words;
  }

  /** The last few answers are kept: lists and previews ask the same again and again. */
  matcher(words) {
    if (words.length === 0) return () => true;
    const key = words.join(" ");
    let matcher = this.#matchers.get(key);
    if (!matcher) {
      const found = this.#found(words);
      matcher = (station) => found.has(station);
      if (this.#matchers.size >= MATCHERS_KEPT) this.#matchers.delete(this.#matchers.keys().next().value);
      this.#matchers.set(key, matcher);
    }
    return matcher;
  }

  #found(words) {
    const rows = this.#data.stations.map((_, row) => row);
    const isLatin = words.some((word) => LATIN.test(word));
    const alike = isLatin ? this.#spelt(words, rows, { alike: true }) : rows; // what is exact sounds alike, too
    const exact = this.#spelt(words, alike, {});
    if (exact.length > 0) return this.#stationsOf(exact);
    if (isLatin && alike.length > 0) return this.#stationsOf(alike);
    const inPieces = words.some((word) => word.length >= 4) ? this.#spelt(words, rows, { inTwoPieces: true }) : [];
    return this.#stationsOf(inPieces.length > 0 ? inPieces : this.#nearly(words));
  }

  #stationsOf(rows) {
    return new Set(rows.map((row) => this.#data.stations[row]));
  }

  /** Those of the rows in whose texts every word stands. */
  #spelt(words, rows, how) {
    const { numbers, starts, spellings } = this.#texts;
    const tests = words.map((word) => wordTest(word, spellings, how));
    return rows.filter((row) => tests.every((stands) => stands(numbers, starts[row], starts[row + 1])));
  }

  /** The rows that hold all words with the fewest errors in sum. */
  #nearly(words) {
    const parts = words.flatMap((word) => word.match(TYPO_WORDS) ?? []);
    if (!parts.some((part) => allowedErrors(part.length) > 0)) return [];
    const errors = new Float64Array(this.#data.stations.length);
    const standsNowhere = words.length === 1 && parts.length === 1 && parts[0] === words[0]; // or we would not be here
    for (const part of parts) {
      const errorsAt = this.#errorsOf(part, standsNowhere);
      for (let row = 0; row < errors.length; row += 1) if (errors[row] < Infinity) errors[row] += errorsAt(row);
    }
    const fewest = errors.reduce((least, count) => Math.min(least, count), Infinity);
    return fewest === Infinity ? [] : [...errors.keys()].filter((row) => errors[row] === fewest);
  }

  /** A count for station rows: how many errors a word has there. */
  #errorsOf(part, standsNowhere) {
    const { numbers, starts, spellings } = this.#texts;
    const stands = wordTest(part, spellings);
    const exactly = (row) => (stands(numbers, starts[row], starts[row + 1]) ? 0 : Infinity);
    if (allowedErrors(part.length) === 0 || !(HAN.test(part) || LATIN.test(part))) return exactly;
    const errors = this.#errorsInWords(part);
    const { ofStation } = this.#words;
    return (row) => {
      let fewest = Infinity;
      for (const word of ofStation[row]) if (errors[word] < fewest) fewest = errors[word];
      return fewest < Infinity || standsNowhere ? fewest : exactly(row); // as initials, say
    };
  }

  /** How many errors a word has in each distinct word of the stations. */
  #errorsInWords(part) {
    const errors = new Float64Array(this.#words.count).fill(Infinity);
    const isHan = HAN.test(part);
    const { codes, starts, words } = isHan ? this.#words.han : this.#words.letters;
    const { spellings } = this.#texts;
    const typed = isHan ? [...part].map((each) => spellings.knownNumberOf(each.charCodeAt(0))) : [...part].map(letterCode);
    const count = typoCount(typed, isHan ? spellings.count : LETTER_COUNT);
    for (let index = 0; index < words.length; index += 1) {
      const here = count(codes, starts[index], starts[index + 1]);
      if (here < errors[words[index]]) errors[words[index]] = here;
    }
    return errors;
  }
}
