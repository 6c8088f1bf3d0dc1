/** What one contestant did in one round. */
export interface Sample {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/**
 * Lets the contestants take turns, in the opposite order every other round, so that whatever else the machine does
 * while they run hits them alike. Gives what each did, round by round.
 */
export async function interleaved<Name extends string, T>(
  rounds: number,
  contestants: Record<Name, () => Promise<T>>,
): Promise<Record<Name, T[]>> {
  const names = Object.keys(contestants) as Name[];
  const done = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, T[]>;
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? names : names.toReversed();
    for (const name of order) done[name].push(await contestants[name]());
  }
  return done;
}

export interface Compared {
  ours: number;
  floor: number;
  /** Ours over the floor: the median of the rounds' ratios, since neighbours in time met the same machine. */
  ratio: number;
}

/** Two contestants of the same rounds, by one number of what they did. */
export function compared<T>(ours: readonly T[], floor: readonly T[], by: (done: T) => number): Compared {
  const pairs = ours.map((done, round) => [by(done), by(floor[round] ?? done)] as const);
  return {
    ours: median(pairs.map(([value]) => value)),
    floor: median(pairs.map(([, value]) => value)),
    ratio: median(pairs.map(([value, other]) => value / other)),
  };
}

export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** Of ascending values; between two of them, the value in between. */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  const place = (ascending.length - 1) * share;
  const [below, above] = [Math.floor(place), Math.ceil(place)];
  const [low = Number.NaN, high = Number.NaN] = [ascending[below], ascending[above]];
  return low + (high - low) * (place - below);
}

/** Of how long each of many took, and all of them together, in milliseconds. */
export function sampleOf(tookMs: readonly number[], totalMs: number): Sample {
  const ascending = Float64Array.from(tookMs).sort();
  return {
    perSecond: (tookMs.length / totalMs) * 1000,
    p50Ms: quantile(ascending, 0.5),
    p99Ms: quantile(ascending, 0.99),
  };
}
