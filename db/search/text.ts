/**
 * From which likeness on a word is taken for one that was meant: the share of trigrams, as `word_similarity` of pg_trgm
 * counts it. Half lets a letter be left out, doubled or mistaken. `connect` tells the database.
 */
export const WORD_LIKENESS = 0.5;

/** Of shorter words too little is left beside a typing error: `cat` would be found for `car`. */
export const FORGIVEN_FROM_LETTERS = 4;

/** What a word counts for whose letters were typed in the wrong order, which leaves few of its trigrams. Of 100. */
export const SWAPPED_LETTERS_SCORE = 99;

const TITLE = 'plain_text(p.title)';
/** As the index `properties_by_text` has it. */
const TEXT = `plain_text(p.title || ' ' || p.description)`;

/** Conditions on a property, for one word. Those of the errors are missing where none is forgiven. */
interface Word {
  inTitle: string;
  inText: string;
  /** With two neighbouring letters exchanged it stands in the title. */
  isSwapped?: string;
  /** The title has a word like it. */
  isLike?: string;
  /** How much like it, from 0 to 1. */
  likeness?: string;
}

function wordOf(word: string, index: number): Word {
  const asTyped = {
    inTitle: `${TITLE} ilike containing(:word${index})`,
    inText: `${TEXT} ilike containing(:word${index})`,
  };
  if (word.length < FORGIVEN_FROM_LETTERS) return asTyped;
  return {
    ...asTyped,
    isSwapped: `${TITLE} ilike any(cast(:swapped${index} as text[]))`,
    isLike: `plain_text(:word${index}) <% ${TITLE}`,
    likeness: `word_similarity(plain_text(:word${index}), ${TITLE})`,
  };
}

/** The word with each pair of neighbouring letters exchanged in turn. */
export function swapsOf(word: string): string[] {
  const letters = Array.from(word);
  return letters
    .slice(1)
    .map((letter, at) => [...letters.slice(0, at), letter, letters[at], ...letters.slice(at + 2)].join(''))
    .filter((swapped) => swapped !== word);
}

/**
 * Each word stands somewhere in title or description, in any case and with any accents, or with a typing error in the
 * title.
 */
export function textConditions(words: readonly string[]): string[] {
  return words.map(wordOf).map(({ inText, isSwapped, isLike }) => {
    const ways = [inText, isSwapped, isLike].filter((way) => way !== undefined);
    return `(${ways.join(' or ')})`;
  });
}

/**
 * How well a property answers the words, as a whole number. First counts how many stand there as they were typed, then
 * how many of them in the title, then how much the others are like it; among equals the better rated comes first.
 */
export function relevance(words: readonly string[]): string {
  const ofEach = words.map(wordOf).map(({ inTitle, inText, isSwapped = 'false', likeness = '0' }) => {
    const like = `cast(floor(100 * ${likeness}) as integer)`;
    return `case when ${inTitle} then 10100 when ${inText} then 10000 when ${isSwapped} then ${SWAPPED_LETTERS_SCORE} else ${like} end`;
  });
  return `(1000 * (${ofEach.join(' + ')}) + cast(floor(100 * coalesce(p.rating_average, 0)) as integer))`;
}

export function textBindings(words: readonly string[]): Record<string, string | string[]> {
  return Object.fromEntries(
    words.flatMap((word, index): [string, string | string[]][] => [
      [`word${index}`, word],
      [`swapped${index}`, swapsOf(unaccented(word)).map(containing)],
    ]),
  );
}

const unaccented = (word: string): string => word.normalize('NFD').replace(/\p{M}/gu, '');

/** As the function of this name in the database makes it, of a word without accents. */
const containing = (word: string): string => `%${word.replace(/[\\%_]/g, '\\$&')}%`;
