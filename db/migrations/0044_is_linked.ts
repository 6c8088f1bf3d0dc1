import type { Knex } from 'knex';

/**
 * Whether a property is linked to another, on the property itself: so that a search asks what lies next door only of those
 * that have a neighbour. The links decide; this follows them, in their transaction.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table properties add column is_linked boolean not null default false;

    create function note_links() returns trigger language plpgsql as $$
    declare
      link property_links := coalesce(new, old);
    begin
      update properties p set is_linked = linked.now
      from (select one.id, exists (select from property_links l where l.room_id = one.id or l.home_id = one.id) as now
            from unnest(array[link.home_id, link.room_id]) as one (id)) as linked
      where p.id = linked.id and p.is_linked <> linked.now;
      return null;
    end $$;
    create trigger property_links_are_noted after insert or delete on property_links
      for each row execute function note_links();

    update properties set is_linked = true
    where id in (select room_id from property_links union all select home_id from property_links);
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop trigger property_links_are_noted on property_links;
    drop function note_links();
    alter table properties drop column is_linked;
  `);
}
