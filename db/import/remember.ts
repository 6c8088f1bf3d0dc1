/** So many answers are remembered; then it starts afresh, so that a strange file cannot fill the memory. */
const MAX_REMEMBERED = 20_000;

/** The same pure function, with its answers kept. */
export function remembered<T>(answer: (text: string) => T): (text: string) => T {
  const answers = new Map<string, T>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const fresh = answer(text);
    if (answers.size === MAX_REMEMBERED) answers.clear();
    answers.set(text, fresh);
    return fresh;
  };
}
