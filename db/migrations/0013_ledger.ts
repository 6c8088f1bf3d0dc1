import type { Knex } from 'knex';

/**
 * What is written in the ledger stays as it was written: no step is added to by whoever comes later. One without entries
 * would explain nothing.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    -- By which transaction of the database a step was written: its entries are written by the same one.
    alter table ledger_transactions add column written_by xid8;
    alter table ledger_transactions alter column written_by set default pg_current_xact_id();

    create function ledger_steps_are_closed() returns trigger language plpgsql as $$
    begin
      if not exists (select from ledger_transactions where step = new.step and written_by = pg_current_xact_id()) then
        raise exception 'ledger step % has been written before', new.step using errcode = 'restrict_violation';
      end if;
      return new;
    end $$;
    create trigger ledger_steps_are_closed before insert on ledger_entries
      for each row execute function ledger_steps_are_closed();

    create function ledger_explains() returns trigger language plpgsql as $$
    begin
      if not exists (select from ledger_entries where step = new.step) then
        raise exception 'ledger step % has no entries', new.step
          using errcode = 'check_violation', constraint = 'ledger_explains';
      end if;
      return null;
    end $$;
    create constraint trigger ledger_explains after insert on ledger_transactions
      deferrable initially deferred for each row execute function ledger_explains();

    -- What hosts owe is added up whenever one of them is paid.
    create index ledger_debts on ledger_entries (step) where account = 'host_debt';
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop index ledger_debts;
    drop trigger ledger_explains on ledger_transactions;
    drop trigger ledger_steps_are_closed on ledger_entries;
    drop function ledger_explains(); drop function ledger_steps_are_closed();
    alter table ledger_transactions drop column written_by;
  `);
}
