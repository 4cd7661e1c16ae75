-- 006: lists that are handed on: whose bundles of lists are taken, who may fetch the block lists.

-- a key that a person confirmed once (its SHA-256); sequence: of the newest bundle taken, an older one is refused
create table feed_signer (
  fingerprint text primary key, office text not null, sequence bigint not null, made_at bigint not null, taken_at bigint not null,
  confirmed_by text not null, confirmed_at bigint not null);
-- token_hash: the token itself is shown once and never stored; revoked_at ends it for good
create table block_subscriber (
  id text primary key, name text not null, target text not null, list_name text not null, least_confidence bigint not null default 0,
  answer text not null default '', token_hash text not null unique, created_at bigint not null, created_by text not null,
  revoked_at bigint, last_at bigint, last_address text not null default '', fetched bigint not null default 0);
