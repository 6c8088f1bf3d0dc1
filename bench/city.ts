import type { Ground } from './ground.ts';

/** In a year: with them a search by dates has something to look for. */
const TAKEN_TIMES = 10;

/** The listings as published properties, each with nights taken here and there in the year to come. */
export async function settleCity(ground: Ground, file: string): Promise<void> {
  await ground.command('bin/import.ts', [file]);
  await ground.db.raw(
    `insert into stays (property_id, nights, kind, block_id)
     select p.id, daterange(d.night, d.night + 3), 'block', 'bench:' || p.id || ':' || d.time
     from properties p
     cross join lateral (
       select time, current_date + time * 36 + ((hashtext(p.id) & 65535) + time * 7919) % 18 as night
       from generate_series(1, ?) as time
     ) as d
     order by p.id, d.night`,
    [TAKEN_TIMES],
  );
  await ground.db.raw('vacuum (analyze) stays, properties, stay_rules, users');
  await ground.quiet();
}
