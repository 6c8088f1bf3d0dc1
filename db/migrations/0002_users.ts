import type { Knex } from 'knex';

/**
 * People, and how they prove who they are. A session is one sign-in; its tokens are pairs of access and refresh that
 * replace each other. Only hashes of tokens are kept, so that a copy of this table opens no account.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table users (
      id                 text primary key,
      email              text not null,
      name               text not null,
      -- Null for an imported host, who cannot sign in until they set one.
      password_hash      text,
      roles              text[] not null default '{guest}',
      stripe_customer_id text,
      created_at         timestamptz not null default clock_timestamp(),
      updated_at         timestamptz not null default clock_timestamp(),
      constraint emails_are_unique unique (email),
      constraint emails_are_normalized check (email = lower(btrim(email))),
      constraint roles_are_known check (roles <@ '{guest,host,operator}'),
      constraint stripe_customers_are_unique unique (stripe_customer_id)
    );
    create trigger users_touch before update on users for each row execute function touch_updated_at();

    create table sessions (
      id           text primary key,
      user_id      text not null references users on delete cascade,
      user_agent   text,
      created_at   timestamptz not null,
      refreshed_at timestamptz not null,
      revoked_at   timestamptz
    );
    create index sessions_by_user on sessions (user_id, id) where revoked_at is null;

    create table session_tokens (
      hash       bytea primary key,
      session_id text not null references sessions on delete cascade,
      kind       text not null,
      expires_at timestamptz not null,
      -- When a refresh token was first exchanged; from then on only its grace is left.
      used_at    timestamptz,
      constraint token_kinds_are_known check (kind in ('access', 'refresh')),
      constraint only_refresh_tokens_are_used_up check (used_at is null or kind = 'refresh')
    );
    create index session_tokens_by_session on session_tokens (session_id);
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table session_tokens; drop table sessions; drop table users;');
}
