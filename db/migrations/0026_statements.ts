import type { Knex } from 'knex';

/** What statements and receipts are read from: whose a movement is, in the order of time, and by which card was paid. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    -- Whose stay a step is about. Taken from the booking by the table itself, so that no writer can leave it out.
    alter table ledger_transactions add column host_id text references users;

    create function ledger_names_the_host() returns trigger language plpgsql as $$
    begin
      new.host_id := (select host_id from bookings where id = new.booking_id);
      return new;
    end $$;
    create trigger ledger_names_the_host before insert on ledger_transactions
      for each row execute function ledger_names_the_host();

    alter table ledger_transactions disable trigger ledger_transactions_are_history;
    update ledger_transactions t set host_id = b.host_id from bookings b where b.id = t.booking_id;
    alter table ledger_transactions enable trigger ledger_transactions_are_history;

    create index ledger_transactions_by_host on ledger_transactions (host_id, occurred_at, step);

    -- { brand, lastFour }: what a receipt names it by.
    alter table payments add column card jsonb;
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    alter table payments drop column card;
    drop trigger ledger_names_the_host on ledger_transactions;
    drop function ledger_names_the_host();
    alter table ledger_transactions drop column host_id;
  `);
}
