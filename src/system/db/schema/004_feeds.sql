-- 004: lists that the office subscribed to (office/intake/feeds.h). A feed is fetched again from next_at on; state: new, ok,
-- unchanged, failed. Of the newest version: what it brought (added) and what it no longer names (gone), against the one before.
create table feed (
  id text primary key, source text not null unique, url text not null, format text not null default '', kind text not null default 'indicator'
  check (kind in ('indicator','victim')), every_minutes bigint not null, active bigint not null default 1, etag text not null default '',
  modified text not null default '', next_at bigint not null, tried_at bigint, fetched_at bigint, changed_at bigint,
  state text not null default 'new' check (state in ('new','ok','unchanged','failed')), why_vi text not null default '', why_en text not null default '',
  failures bigint not null default 0, batch_id text references list_batch(id), added bigint not null default 0, gone bigint not null default 0,
  bytes bigint not null default 0, created_at bigint not null);
create index feed_due on feed(active, next_at);
