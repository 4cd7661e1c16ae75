-- 005: what the office does not want to hear of a sensor for a while (office/traffic/quiets.h). host, kind, value: '' = any; value:
-- what is listed, or the peer of a beacon. It ends at until_at by itself, or before by a person.
create table traffic_quiet (
  id text primary key, sensor_id text not null references machine(id), unit_id text not null references unit(id),
  host text not null default '', kind text not null, value text not null default '', reason text not null,
  until_at bigint not null, created_at bigint not null, created_by text not null, ended_at bigint, ended_by text not null default '');
create index traffic_quiet_sensor on traffic_quiet(sensor_id, until_at);
