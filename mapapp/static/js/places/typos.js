// Words with a slip of the finger: how many letters were wrong, missing, too many or swapped.
// The well-known bit-parallel automaton (Wu and Manber 1992, with swaps after Hyyrö 2003): the bits of
// one number are the places in the word, one number for each count of errors.

/** Marks a code at which a word may begin: the first letter of a syllable, any Chinese character. */
export const BEGINS = 0x8000;

const CODE = 0x7fff;

/** How many errors a word of that many letters may hold. */
export function allowedErrors(length) {
  return length >= 8 ? 2 : length >= 4 ? 1 : 0;
}

/**
 * A count for codes: the fewest errors with which the word stands in codes[start … end), Infinity if it does
 * not. The word is given as codes too; all of them are below `codeCount`.
 */
export function typoCount(word, codeCount) {
  const placesOf = new Int32Array(codeCount);
  word.forEach((code, at) => {
    placesOf[code] |= 1 << at;
  });
  const found = 1 << word.length;
  const takesTwo = allowedErrors(word.length) === 2;

  return (codes, start, end) => {
    let none = 0; // places reached with no error, one, two
    let one = 0;
    let two = 0;
    let lastNone = 0; // the same, one letter earlier
    let lastOne = 0;
    let lastBits = 0;
    let fewest = Infinity;
    for (let index = start; index < end; index += 1) {
      const code = codes[index];
      const bits = placesOf[code & CODE];
      if ((code & BEGINS) !== 0) {
        none |= 1;
        one |= 3;
        two |= 7;
      }
      const nextNone = (none & bits) << 1;
      const swapped = (((lastNone & bits) << 1) & lastBits) << 1;
      const nextOne = ((one & bits) << 1) | none | ((none | nextNone) << 1) | swapped;
      if ((nextNone & found) !== 0) return 0;
      if ((nextOne & found) !== 0) fewest = 1;
      if (takesTwo && fewest > 1) {
        const swappedLater = (((lastOne & bits) << 1) & lastBits) << 1;
        two = ((two & bits) << 1) | one | ((one | nextOne) << 1) | swappedLater;
        if ((two & found) !== 0) fewest = 2;
      }
      lastNone = none;
      lastOne = one;
      lastBits = bits;
      none = nextNone;
      one = nextOne;
    }
    return fewest;
  };
}
