/**
 * From which likeness on a word is taken for one that was meant: the share of trigrams, as `word_similarity` of pg_trgm
 * counts it. Half lets a letter be left out, doubled or exchanged with its neighbour. `connect` tells the database.
 */
export const WORD_LIKENESS = 0.5;

/** Of shorter words too little is left beside a typing error: `cat` would be found for `car`. */
export const FORGIVEN_FROM_LETTERS = 4;

const TITLE = 'plain_text(p.title)';
/** As the index `properties_by_text` has it. */
const TEXT = `plain_text(p.title || ' ' || p.description)`;

interface Word {
  inTitle: string;
  inText: string;
  /** Whether a title has something like it; undefined where no error is forgiven. */
  likeTitle?: string;
  /** How much like it, from 0 to 1. */
  likeness?: string;
}

function wordOf(word: string, index: number): Word {
  const pattern = `containing(:word${index})`;
  const forgiven = {
    likeTitle: `plain_text(:word${index}) <% ${TITLE}`,
    likeness: `word_similarity(plain_text(:word${index}), ${TITLE})`,
  };
  return {
    inTitle: `${TITLE} ilike ${pattern}`,
    inText: `${TEXT} ilike ${pattern}`,
    ...(word.length >= FORGIVEN_FROM_LETTERS && forgiven),
  };
}

/** Each word stands somewhere in title or description, in any case and with any accents, or the title has one like it. */
export function textConditions(words: readonly string[]): string[] {
  return words
    .map(wordOf)
    .map(({ inText, likeTitle }) => `(${[inText, likeTitle ?? []].flat().join(' or ')})`);
}

/**
 * How well a property answers the words, as a whole number. First counts how many stand there as they were typed, then
 * how many of them in the title, then how much the others are like it; among equals the better rated comes first.
 */
export function relevance(words: readonly string[]): string {
  const ofEach = words
    .map(wordOf)
    .map(
      ({ inTitle, inText, likeness = '0' }) =>
        `case when ${inTitle} then 10100 when ${inText} then 10000 else cast(floor(100 * ${likeness}) as integer) end`,
    );
  return `(1000 * (${ofEach.join(' + ')}) + cast(floor(100 * coalesce(p.rating_average, 0)) as integer))`;
}

export function textBindings(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(words.map((word, index) => [`word${index}`, word]));
}
