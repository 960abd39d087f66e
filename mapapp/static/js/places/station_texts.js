// Everything a station can be found by, written once in the forms the search reads: numbered characters
// for exact spellings, and the distinct words in letters for spellings with errors.

import { folded, GAP, spellingsOf } from "./spelling.js";
import { BEGINS } from "./typos.js";

const WORDS = /[\u3400-\u9fff]+|[a-z]+/gu;
const FIRST_HAN = 0x3400;
const MOST_READINGS = 4;
const BEFORE_A = "a".charCodeAt(0) - 1;

/** The codes of letters, a = 1, are below this. */
export const LETTER_COUNT = 27;

/** The code of a letter from a to z. */
export function letterCode(letter) {
  return letter.charCodeAt(0) - BEFORE_A;
}

/**
 * The characters of all stations as {fields, numbers, starts, spellings}: those of station row i are
 * numbers[starts[i] … starts[i + 1]), a gap behind each text.
 */
export function stationTexts(data) {
  const spellings = spellingsOf(data.readings);
  const fields = data.stations.map(fieldsOf);
  const starts = new Int32Array(fields.length + 1);
  fields.forEach((texts, row) => {
    starts[row + 1] = texts.reduce((sum, text) => sum + text.length + 1, starts[row]);
  });
  const numbers = new Uint16Array(starts[fields.length]);
  let end = 0;
  for (const texts of fields) {
    for (const text of texts) {
      for (let index = 0; index < text.length; index += 1) numbers[end + index] = spellings.numberOf(text.charCodeAt(index));
      end += text.length;
      numbers[end] = GAP;
      end += 1;
    }
  }
  return { fields, numbers, starts, spellings };
}

/** As a Chinese address runs, from the large to the small, so that pieces of it are found in that order. */
function fieldsOf({ name, nameEn, otherNames, address, town, districtNames, code }) {
  const [district, districtEn] = districtNames;
  return [district, town, address, name, ...otherNames, nameEn, code, districtEn].filter(Boolean).map(folded);
}

/**
 * Stretches of Chinese characters or of Latin letters, each held once, since many stations share a street:
 * {ofStation, count, han, letters}. ofStation[row] lists the indexes of a station's words. han and letters
 * are {codes, starts, words}: stretch i is codes[starts[i] … starts[i + 1]) and is, or spells, word words[i].
 */
export function distinctWords({ fields, spellings }, readings) {
  const indexes = new Map();
  const ofStation = fields.map((texts) => {
    const own = [];
    for (const text of texts) {
      for (const word of text.match(WORDS) ?? []) {
        if (!indexes.has(word)) indexes.set(word, indexes.size);
        own.push(indexes.get(word));
      }
    }
    return own;
  });
  const han = new Stretches();
  const letters = new Stretches();
  for (const [word, index] of indexes) {
    if (word.charCodeAt(0) < FIRST_HAN) {
      letters.add([word], index, writeLetters);
      continue;
    }
    han.add([...word], index, (character, codes) => codes.push(spellings.numberOf(character.charCodeAt(0)) | BEGINS));
    for (const syllables of spelled(word, readings)) letters.add(syllables, index, writeLetters);
  }
  return { ofStation, count: indexes.size, han: han.written(), letters: letters.written() };
}

class Stretches {
  codes = [];
  starts = [0];
  words = [];

  add(parts, word, write) {
    for (const part of parts) write(part, this.codes);
    this.starts.push(this.codes.length);
    this.words.push(word);
  }

  written() {
    return { codes: Uint16Array.from(this.codes), starts: Int32Array.from(this.starts), words: Int32Array.from(this.words) };
  }
}

/** The ways to spell a word whose characters have several readings: the first few. */
function spelled(word, readings) {
  let ways = [[]];
  for (const character of word) {
    const syllables = readings.get(character) ?? [];
    if (syllables.length === 1) for (const way of ways) way.push(syllables[0]);
    else if (syllables.length > 1) ways = branched(ways, syllables);
  }
  return ways;
}

function branched(ways, syllables) {
  const all = ways.flatMap((way) => syllables.map((syllable) => [...way, syllable]));
  return all.slice(0, MOST_READINGS);
}

function writeLetters(syllable, codes) {
  for (let at = 0; at < syllable.length; at += 1) codes.push(letterCode(syllable[at]) | (at === 0 ? BEGINS : 0));
}
