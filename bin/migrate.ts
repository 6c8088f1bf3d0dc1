import { readConfig } from '#config';
import { connect } from '#db/connect.ts';
import { migrate } from '#db/migrate.ts';

const config = readConfig();
const db = connect({ databaseUrl: config.databaseUrl, poolSize: 1, statementTimeoutMs: 600_000 });
try {
  const { applied, ahead } = await migrate(db);
  console.log(applied.length === 0 ? 'schema up to date' : `applied ${applied.join(', ')}`);
  if (ahead.length > 0) console.log(`the schema is ahead of this version by ${ahead.join(', ')}`);
} finally {
  await db.destroy();
}
