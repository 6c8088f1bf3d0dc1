import type { Knex } from 'knex';

/** Imported nights name the calendar that says they are taken: only it can ever free them again. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table stays
      drop constraint only_imports_name_a_calendar,
      add constraint imports_alone_name_a_calendar check ((kind = 'import') = (calendar_id is not null));
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    alter table stays
      drop constraint imports_alone_name_a_calendar,
      add constraint only_imports_name_a_calendar check (calendar_id is null or kind = 'import');
  `);
}
