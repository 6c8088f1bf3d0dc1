import type { Knex } from 'knex';

/**
 * The outbox is the audit log: one row tells the world what changed and keeps for ever who changed it.
 * The relay numbers rows after their commit (`seq`) and chains them (`hash` covers the row and the hash before it).
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table events (
      id          text primary key,
      kind        text not null,
      subject_id  text not null,
      actor_id    text not null,
      occurred_at timestamptz not null,
      recorded_at timestamptz not null default clock_timestamp(),
      data        jsonb not null default '{}',
      seq         bigint unique,
      hash        bytea,
      constraint events_are_numbered_and_chained_together check ((seq is null) = (hash is null))
    );
    create index events_to_number on events (recorded_at) where seq is null;
    create index events_by_subject on events (subject_id, recorded_at);

    -- Once numbered a row is history; before that only the relay's number and hash may be added.
    create function events_are_history() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' or old.seq is not null
         or (new.id, new.kind, new.subject_id, new.actor_id, new.occurred_at, new.recorded_at, new.data)
            is distinct from
            (old.id, old.kind, old.subject_id, old.actor_id, old.occurred_at, old.recorded_at, old.data) then
        raise exception 'events are append-only' using errcode = 'restrict_violation';
      end if;
      return new;
    end $$;
    create trigger events_are_history before update or delete on events
      for each row execute function events_are_history();
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`drop table events; drop function events_are_history();`);
}
