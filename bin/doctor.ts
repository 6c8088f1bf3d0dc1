import { ConfigError, environmentBesideStack, readConfig } from '#config';
import { openDoctor } from './examination.ts';

const SHOWN = 20;

/**
 * `npm run doctor`: every invariant of the running platform, by tables, bank and workflows, with the ids of what breaks
 * it. Exits 1 when one is broken, 2 when it cannot look.
 */
async function main(): Promise<void> {
  await using doctor = openDoctor(readConfig(environmentBesideStack()));
  const verdicts = await doctor.examine();
  for (const { invariant, findings } of verdicts) {
    console.log(`${findings.length === 0 ? 'holds ' : 'BROKEN'}  ${invariant}`);
    for (const { id, detail } of findings.slice(0, SHOWN)) console.log(`          ${id}: ${detail}`);
    if (findings.length > SHOWN) console.log(`          and ${findings.length - SHOWN} more`);
  }
  const broken = verdicts.filter(({ findings }) => findings.length > 0).length;
  console.log(
    broken === 0 ? `All ${verdicts.length} invariants hold.` : `${broken} of ${verdicts.length} are broken.`,
  );
  if (broken > 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof ConfigError ? `${error.message}\nRun \`npm start\` beside this.` : error);
  process.exitCode = 2;
}
