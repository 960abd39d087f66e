// How a text can be typed: each Chinese character as itself, as its full syllable or as its initial, in any
// mixture. A word is matched by keeping, for each character of the text, the set of places in the word that
// can have been reached, as the bits of one number.

/** A word is matched as a whole up to this length (the bits of a positive 32-bit number). */
export const LONGEST_WORD = 30;

const DOUBLE_INITIAL = /^[zcs]h/u;
const MARKS = /\p{M}/gu;
const IS_PLAIN = /^[ -~\u4e00-\u9fff]*$/u; // most texts: nothing to take apart

/** Letters without their case, width and accents: what is compared, on both sides. */
export function folded(text) {
  return IS_PLAIN.test(text) ? text.toLowerCase() : text.normalize("NFKD").replace(MARKS, "").toLowerCase();
}

/** The number of the gap between two texts: no word goes on across it. */
export const GAP = 0;

/** The characters of many texts, numbered from 1 in the order they are met, with all their syllables. */
export function spellingsOf(readings) {
  const numbers = new Uint16Array(0x10000); // by UTF-16 unit; rare characters of two units are two, unread
  const spelt = [{ unit: 0, syllables: [], alike: [] }];
  return {
    /** How many numbers there are; all are below. */
    get count() {
      return spelt.length;
    },
    /** The number of a UTF-16 unit, a new one at need. */
    numberOf(unit) {
      if (numbers[unit] === 0) {
        numbers[unit] = spelt.length;
        const syllables = (readings.get(String.fromCharCode(unit)) ?? []).flatMap(withPlainU);
        spelt.push({ unit, syllables, alike: [...new Set(syllables.flatMap(soundsLike))] });
      }
      return numbers[unit];
    },
    /** The number of a unit that may be in no text: then that of the gap. */
    knownNumberOf: (unit) => numbers[unit],
    /** {unit, syllables, alike} of a number; alike: the syllables and those that sound like them. */
    spelt: (number) => spelt[number],
  };
}

/** 绿 is lv to an input method and lu on signs. */
const withPlainU = (syllable) => (syllable.includes("v") ? [syllable, syllable.replace("v", "u")] : [syllable]);

/** The syllable and what it is often taken for: zh/z, ch/c, sh/s; in/ing, en/eng, an/ang. */
function soundsLike(syllable) {
  const swapRetroflex = (text) => (DOUBLE_INITIAL.test(text) ? text[0] + text.slice(2) : text.replace(/^[zcs]/u, "$&h"));
  const swapNasal = (text) => (/[aei]n$/u.test(text) ? `${text}g` : text.replace(/([aei])ng$/u, "$1n"));
  return [syllable, swapRetroflex(syllable), swapNasal(syllable), swapNasal(swapRetroflex(syllable))];
}

/**
 * A test for numbered characters: whether the word stands in numbers[start … end).
 *
 * `alike`: syllables that sound alike count as the same. `inTwoPieces`: the word may be written as two
 * pieces of two characters or more with anything between them (兴庆驿站 for 兴庆区…驿站).
 */
export function wordTest(typed, spellings, { alike = false, inTwoPieces = false } = {}) {
  const { length } = typed;
  const found = 1 << length;
  const jumps = inTwoPieces && length >= 4 ? bitsBetween(2, length - 2) : 0;
  const steps = new Int32Array(spellings.count * length).fill(-1); // filled in as they are asked for

  /** Where one can be in the word after a character, from any of the places before it. */
  const next = (number, places) => {
    let after = 0;
    for (let rest = places; rest !== 0; rest &= rest - 1) {
      const at = 31 - Math.clz32(rest & -rest);
      if (at === length) continue;
      let step = steps[number * length + at];
      if (step < 0) {
        const { unit, [alike ? "alike" : "syllables"]: syllables } = spellings.spelt(number);
        step = stepFrom(typed, at, unit, syllables);
        steps[number * length + at] = step;
      }
      after |= step;
    }
    return after;
  };

  return (numbers, start, end) => {
    let reached = 0;
    let reachedAfterJump = 0;
    let jumped = 0;
    for (let index = start; index < end; index += 1) {
      const number = numbers[index];
      if (reached === 0 && jumped === 0 && steps[number * length] === 0) continue; // no word begins here
      reachedAfterJump = jumped === 0 ? 0 : next(number, reachedAfterJump | jumped);
      reached = next(number, reached | 1);
      jumped |= reached & jumps;
      if (((reached | reachedAfterJump) & found) !== 0) return true;
    }
    return false;
  };
}

/** The places in the word one can be at behind a character that is met at a place. */
function stepFrom(word, at, unit, syllables) {
  let after = word.charCodeAt(at) === unit ? 1 << (at + 1) : 0;
  for (const syllable of syllables) {
    let same = 0;
    while (same < syllable.length && at + same < word.length && word[at + same] === syllable[same]) same += 1;
    if (same === 0) continue;
    after |= 1 << (at + 1);
    if (same >= 2 && DOUBLE_INITIAL.test(syllable)) after |= 1 << (at + 2);
    if (same === syllable.length || at + same === word.length) after |= 1 << (at + same);
  }
  return after;
}

function bitsBetween(first, last) {
  let bits = 0;
  for (let bit = first; bit <= last; bit += 1) bits |= 1 << bit;
  return bits;
}
