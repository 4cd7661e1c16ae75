-- 003: traffic: what sensors say of themselves, what they noticed, what they were asked and answered.
-- Rows about a host carry the unit that it was of when the row came in: scope is in the query.

create table sensor_status (
  machine_id text primary key references machine(id), at bigint not null, since_at bigint not null, body text not null,
  packets bigint not null, bytes bigint not null, flows bigint not null, drops bigint not null,
  talkers_at bigint not null default 0);
create table sensor_minute (
  machine_id text not null references machine(id), at bigint not null, packets bigint not null, bytes bigint not null,
  flows bigint not null, drops bigint not null, primary key (machine_id, at));
create table sensor_talker (
  machine_id text not null references machine(id), host text not null, host_machine_id text, unit_id text not null references unit(id),
  bytes_out bigint not null, bytes_in bigint not null, flows bigint not null, primary key (machine_id, host));
-- a report that came twice counts once
create table sensor_report (
  id text primary key, machine_id text not null references machine(id), sha256 text not null, received_at bigint not null);
create table traffic_alert (
  sensor_id text not null references machine(id), id text not null, kind text not null, host text not null,
  machine_id text, unit_id text not null references unit(id), peer text not null, port bigint not null, protocol text not null,
  seen_in text not null, type text not null, value text not null, family text not null, list text not null, origin text not null,
  first_at bigint not null, last_at bigint not null, times bigint not null, evidence text not null, finding_id text,
  received_at bigint not null, primary key (sensor_id, id));
create index traffic_alert_unit on traffic_alert(unit_id, last_at);
-- kind: hunt, trace, show. store: of a hunt, the set to hunt by; '' = the set in use
create table traffic_order (
  id text primary key, kind text not null check (kind in ('hunt','trace','show')), unit_id text not null references unit(id),
  argument text not null, list_id text, list_name text not null default '', store text not null default '',
  reason text not null, since_at bigint not null default 0, until_at bigint not null default 0,
  created_at bigint not null, created_by text not null);
create index traffic_order_kind on traffic_order(kind, created_at);
create table traffic_part (
  order_id text not null references traffic_order(id), sensor_id text not null references machine(id),
  state text not null default 'waiting' check (state in ('waiting','running','done','failed','cancelled')),
  done bigint not null default 0, total bigint not null default 0, left_out bigint not null default 0,
  detail text not null default '', why_vi text not null default '', why_en text not null default '', updated_at bigint,
  primary key (order_id, sensor_id));
create index traffic_part_sensor on traffic_part(sensor_id, state);
-- one line of an answer; body: the fields that its kind has besides
create table traffic_row (
  id text primary key, order_id text not null references traffic_order(id), sensor_id text not null references machine(id),
  number bigint not null, kind text not null, host text not null, machine_id text, unit_id text not null references unit(id),
  body text not null, finding_id text, unique (order_id, sensor_id, number));
create index traffic_row_unit on traffic_row(unit_id);
