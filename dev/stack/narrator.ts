/** Tells a person what the stack is doing. */
export interface Narrator {
  line(text: string): void;
  /** Awaits `work` and says so, every few seconds, when it takes longer than two. */
  during<T>(what: string, work: Promise<T>): Promise<T>;
}

const FIRST_WORD_MS = 2000;
const NEXT_WORD_MS = 5000;

export function createNarrator(write: (line: string) => void): Narrator {
  return {
    line: write,
    async during(what, work) {
      const started = performance.now();
      let timer = setTimeout(speak, FIRST_WORD_MS);
      function speak() {
        write(`  … ${what} (${Math.round((performance.now() - started) / 1000)} s)`);
        timer = setTimeout(speak, NEXT_WORD_MS);
      }
      try {
        return await work;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

export const silentNarrator: Narrator = { line: () => undefined, during: (_what, work) => work };
