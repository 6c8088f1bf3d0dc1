import { ConfigError, environmentBesideStack } from '#config';
import { connect } from '#db/connect.ts';
import { DEMO_ACCOUNTS, DEMO_PASSWORD, DEMO_PROPERTY_ID, plantDemo } from '#db/seeds/demo.ts';
import { createPasswords } from '#gateways/passwords.ts';

const { DATABASE_URL: databaseUrl } = environmentBesideStack();
if (databaseUrl === undefined) throw new ConfigError('DATABASE_URL is not set.');

const db = connect({
  databaseUrl,
  poolSize: 1,
  statementTimeoutMs: 60_000,
  applicationName: 'stayward-seed',
});
try {
  await plantDemo(db, await createPasswords().hash(DEMO_PASSWORD));
  console.log(`  Demo accounts, all with the password ${DEMO_PASSWORD}`);
  for (const { role, email } of DEMO_ACCOUNTS) console.log(`  ${role.padEnd(17)} ${email}`);
  console.log(`  ${'property'.padEnd(17)} ${DEMO_PROPERTY_ID}`);
} finally {
  await db.destroy();
}
