-- 008: dynamic: a pool of the operator's, of which the unit has some address at a time. When a sensor really watched, for hunts and
-- traces that must not say "nothing" of hours that nobody saw. Of a change of traffic only the newest of an object is kept.
alter table address_range add column dynamic bigint not null default 0;
create table sensor_coverage (
  machine_id text not null references machine(id), since_at bigint not null, until_at bigint not null, primary key (machine_id, since_at));
create index change_object on change(topic, object_id);
