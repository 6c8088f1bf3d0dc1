import type { Knex } from 'knex';

/** Finds what was left aside of the refunds of a payment, among all that the bank has ever said. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create index bank_events_left_aside on bank_events ((payload #>> '{data,object,payment_intent}'))
      where delivered_to = 'nobody yet';
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`drop index bank_events_left_aside;`);
}
