import type { Knex } from 'knex';

/**
 * Words are looked for without their accents, wherever they stand; with typing errors, in the title alone. The
 * dictionary is named, so that what a text becomes does not depend on anyone's search path: that is what lets the
 * function stand in an index.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create extension if not exists unaccent;

    create function plain_text(words text) returns text
      language sql immutable strict parallel safe
      return unaccent('unaccent'::regdictionary, words);

    -- A pattern for (i)like that a text matches which contains the word as it stands.
    create function containing(word text) returns text
      language sql immutable strict parallel safe
      return '%' || replace(replace(replace(plain_text(word), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%';

    drop index properties_by_text;
    create index properties_by_text on properties
      using gin (plain_text(title || ' ' || description) gin_trgm_ops) where status = 'published';
    create index properties_by_title on properties
      using gin (plain_text(title) gin_trgm_ops) where status = 'published';
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop index properties_by_title;
    drop index properties_by_text;
    create index properties_by_text on properties
      using gin ((title || ' ' || description) gin_trgm_ops) where status = 'published';
    drop function containing(text);
    drop function plain_text(text);
    drop extension unaccent;
  `);
}
