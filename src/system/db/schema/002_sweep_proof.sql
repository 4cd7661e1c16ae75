-- 002: what a sweep proves, settled when it was filed (office/intake/sweep_proof.h).
-- proves_until: what came in until then is clean by this sweep; 0: it proves nothing, and proves_not says why.

alter table sweep add column proves_until bigint not null default 0;
alter table sweep add column proves_not text not null default '';
update sweep set proves_until = started_at where complete = 1;
update sweep set proves_not = 'incomplete' where complete = 0;
create index sweep_proof on sweep(machine_id, proves_until);
