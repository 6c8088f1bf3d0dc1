import { Model, snakeCaseMappers } from 'objection';

/** Rows in camelCase. Columns of a subclass are `declare`d: a plain field would write `undefined` over the row. */
export class Row extends Model {
  static override columnNameMappers = snakeCaseMappers();
  static override useLimitInFirst = true;
}
