import { readFile, writeFile } from 'node:fs/promises';
import type { Aftermath } from './faults/weather.ts';

const PAGE = new URL('../../docs/reliability.md', import.meta.url);

const WEATHER_HEADING = '## Bad weather';
const WEATHER_BEGINS = [
  WEATHER_HEADING,
  '',
  'Each row is written by `npm run faults -- --seed N --write`: bookings by the hundred, a dozen at once, with acts drawn from',
  'the seed – booked, paid, challenged, cancelled, accepted, refused, given back by the host and in the bank’s dashboard,',
  'moved on in time – while a quarter of what we ask the bank goes wrong, before its effect or after it, and a third of',
  'what it tells us comes late, twice, out of order or only when it tries again. Clients repeat what had no answer, with',
  'its key.',
  '',
  'A row is sound when, after the weather, every request has one answer and has it again under the same key, nobody was told',
  'of two bookings, every booking has come to an end or is a stay that is paid for, and `npm run doctor` finds every',
  'invariant whole.',
  '',
  '| seed | bookings | what struck | ended as | verdict |',
  '|---|---|---|---|---|',
].join('\n');

/** Writes the page anew as far as it tells of crashes; what it tells of weather stays. */
export async function keepCrashes(crashes: string): Promise<void> {
  const { weather } = await parts();
  await writeFile(
    PAGE,
    [crashes, ...(weather === '' ? [] : [weather])].map((part) => `${part}\n`).join('\n'),
  );
}

/** Adds the row of a seed, or puts it in the place of the one that it had; what is told of crashes stays. */
export async function keepWeather(aftermath: Aftermath): Promise<void> {
  const { crashes, weather } = await parts();
  const row = rowOf(aftermath);
  const [seedOf] = row.split(aftermath.bookings.toString(), 1);
  const earlier = weather
    .slice(WEATHER_BEGINS.length)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(seedOf ?? ''));
  await writeFile(PAGE, `${crashes}\n\n${[WEATHER_BEGINS, ...earlier, row].join('\n')}\n`);
}

/** How often each, the names in the order of the alphabet. */
export function counted(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([name, count]) => `${name} ${count}`).join(', ') || 'nothing';
}

function rowOf({ seed, bookings, struck, endedAs, wrong }: Aftermath): string {
  const verdict = wrong.length === 0 ? 'sound' : `**${wrong.length} wrong**`;
  return `| ${[seed, bookings, counted(struck), counted(endedAs), verdict].join(' | ')} |`;
}

async function parts(): Promise<{ crashes: string; weather: string }> {
  const page = await readFile(PAGE, 'utf8');
  const at = page.indexOf(WEATHER_HEADING);
  if (at < 0) return { crashes: page.trimEnd(), weather: '' };
  return { crashes: page.slice(0, at).trimEnd(), weather: page.slice(at).trimEnd() };
}
