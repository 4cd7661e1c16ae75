-- 007: feeds of TAXII servers, with a password, with an authority of their own (office/intake/feeds.h).
-- sealed: the password, by the keys process, for this feed and this server only (centre/secret_box.h).
-- added_after: up to where the collection was fetched; expired: of the newest version, what is past its validity.

alter table feed add column protocol text not null default 'file' check (protocol in ('file','taxii'));
alter table feed add column collection text not null default '';
alter table feed add column auth text not null default 'none' check (auth in ('none','basic','bearer'));
alter table feed add column login text not null default '';
alter table feed add column sealed text not null default '';
alter table feed add column authority text not null default '';
alter table feed add column added_after text not null default '';
alter table feed add column expired bigint not null default 0;
