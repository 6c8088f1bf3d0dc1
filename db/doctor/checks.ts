import type { Db } from '../connect.ts';

/** One thing that is not as it has to be: whose it is, and what is wrong there in a few words. */
export interface Finding {
  id: string;
  detail: string;
}

/** Something that holds at every moment but for what is under way. */
export interface Check {
  invariant: string;
  /** Whatever breaks it now; empty when it holds. */
  breaches: () => Promise<Finding[]>;
}

/** A check whose breaches one statement finds, as rows of `id` and `detail`. */
export function checkByQuery(db: Db, invariant: string, sql: string): Check {
  return {
    invariant,
    async breaches() {
      const { rows } = await db.raw<{ rows: Finding[] }>(sql);
      return rows;
    },
  };
}
