import { environmentBesideStack } from '#config';
import { connect } from '#db/connect.ts';
import { findUserByEmail, grantRole } from '#db/users.ts';
import { normalizedEmail } from '#domain/users.ts';

/** Makes an operator of the account with this mail address: the first one has nobody else to ask. */
const [email] = process.argv.slice(2);
const databaseUrl = environmentBesideStack().DATABASE_URL;
if (email === undefined || databaseUrl === undefined) {
  console.error('npm run grant-operator -- MAIL-ADDRESS, beside `npm start` or with DATABASE_URL set');
  process.exit(2);
}

const db = connect({ databaseUrl, poolSize: 1 });
try {
  const user = await findUserByEmail(db, normalizedEmail(email));
  if (user === undefined) {
    console.error(`There is no account with the mail address ${email}.`);
    process.exitCode = 1;
  } else {
    const isNew = await grantRole(db, { userId: user.id, role: 'operator', actorId: 'system' });
    console.log(isNew ? `${user.id} is an operator now` : `${user.id} was an operator already`);
  }
} finally {
  await db.destroy();
}
