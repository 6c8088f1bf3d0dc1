import { ConfigError, environmentBesideStack } from '#config';
import { connect } from '#db/connect.ts';
import { keepPayoutAccount } from '#db/payout-accounts.ts';
import { DEMO_ACCOUNTS, DEMO_PASSWORD, DEMO_PROPERTY_ID, plantDemo } from '#db/seeds/demo.ts';
import { findUserByEmail } from '#db/users.ts';
import { createPasswords } from '#gateways/passwords.ts';
import { createStripeBank } from '#gateways/stripe.ts';

const {
  DATABASE_URL: databaseUrl,
  STRIPE_SECRET_KEY: secretKey,
  STRIPE_API_BASE: apiBase,
} = environmentBesideStack();
if (databaseUrl === undefined) throw new ConfigError('DATABASE_URL is not set.');

const db = connect({
  databaseUrl,
  poolSize: 1,
  statementTimeoutMs: 60_000,
  applicationName: 'stayward-seed',
});
try {
  await plantDemo(db, await createPasswords().hash(DEMO_PASSWORD));
  if (secretKey !== undefined && apiBase !== undefined) await onboardHost({ secretKey, apiBase });
  console.log(`  Demo accounts, all with the password ${DEMO_PASSWORD}`);
  for (const { role, email } of DEMO_ACCOUNTS) console.log(`  ${role.padEnd(17)} ${email}`);
  console.log(`  ${'property'.padEnd(17)} ${DEMO_PROPERTY_ID}`);
} finally {
  await db.destroy();
}

/** So that the demo host is paid: by the simulated bank, whose page anybody may fill in. Stripe’s own wants a person. */
async function onboardHost(simulator: { secretKey: string; apiBase: string }): Promise<void> {
  const bank = createStripeBank({ ...simulator, webhookSecrets: [] });
  const host = DEMO_ACCOUNTS.find(({ role }) => role === 'host');
  const user = host && (await findUserByEmail(db, host.email));
  if (user === undefined) return;
  const opened = await bank.openPayee({ userId: user.id, email: user.email });
  const accountId = await keepPayoutAccount(db, user.id, { accountId: opened, replaces: undefined });
  const page = await bank.onboard(accountId, { returnUrl: simulator.apiBase, refreshUrl: simulator.apiBase });
  const body = new URLSearchParams({ outcome: 'complete' });
  await fetch(page, { method: 'POST', body, redirect: 'manual' });
}
