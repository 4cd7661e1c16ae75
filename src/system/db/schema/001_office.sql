-- 001: the office: units, people, addresses, systems, machines, lists, findings, incidents, campaigns, documents.
-- Common subset of SQLite 3.37+ and PostgreSQL 14+. Times: milliseconds UTC. Identifiers: ULID text.
-- Address bounds: 32 lower-case hex digits, so that text order is address order.

create table unit (
  id text primary key, parent_id text references unit(id), code text not null unique, name text not null,
  name_folded text not null, kind text not null, phone text not null default '', email text not null default '',
  workstations_declared bigint not null default 0,
  valid_from bigint not null, valid_until bigint, created_at bigint not null, updated_at bigint not null);
create index unit_parent on unit(parent_id);
-- every unit with itself and all above it: scope is one indexed lookup
create table unit_closure (above_id text not null references unit(id), below_id text not null references unit(id),
  depth bigint not null, primary key (above_id, below_id));
create index unit_closure_below on unit_closure(below_id);
create table unit_succession (predecessor_id text not null references unit(id), successor_id text not null references unit(id),
  at bigint not null, part bigint not null default 0, primary key (predecessor_id, successor_id));

create table person (
  id text primary key, unit_id text not null references unit(id), name text not null, name_folded text not null,
  title text not null default '', phone text not null default '', email text not null default '',
  valid_from bigint not null, valid_until bigint, created_at bigint not null, updated_at bigint not null);
create index person_unit on person(unit_id);

create table account (
  id text primary key, unit_id text not null references unit(id), login text not null unique, name text not null,
  role text not null check (role in ('administrator','office','unit')),
  password_hash text not null, must_change bigint not null default 0, active bigint not null default 1,
  failures bigint not null default 0, last_failure_at bigint, language text not null default 'vi',
  created_at bigint not null, updated_at bigint not null);
-- token_hash: the cookie's SHA-256; the token itself is never stored
create table session (
  token_hash text primary key, account_id text not null references account(id), csrf text not null,
  created_at bigint not null, used_at bigint not null, until_at bigint not null, address text not null);
create index session_account on session(account_id);

create table address_range (
  id text primary key, unit_id text not null references unit(id), prefix text not null,
  low text not null, high text not null, operator text not null default '', behind_nat bigint not null default 1,
  source text not null default 'manual', note text not null default '',
  valid_from bigint not null, valid_until bigint, created_at bigint not null, updated_at bigint not null);
create index address_range_low on address_range(low, high);
create index address_range_unit on address_range(unit_id);

create table information_system (
  id text primary key, unit_id text not null references unit(id), code text not null unique, name text not null,
  level bigint not null default 0, purpose text not null default '', owner text not null default '',
  operator text not null default '', dossier_state text not null default 'none',
  decision text not null default '', created_at bigint not null, updated_at bigint not null);

create table machine (
  id text primary key, unit_id text not null references unit(id), system_id text references information_system(id),
  name text not null, name_folded text not null, kind text not null default 'workstation',
  state text not null default 'active' check (state in ('expected','active','revoked','retired')),
  machine_key text unique, serial text not null default '', location text not null default '', person_id text references person(id),
  os_name text not null default '', os_version text not null default '', os_build text not null default '', os_id text not null default '',
  addresses text not null default '[]', agent_version text not null default '',
  certificate_serial text, certificate_until bigint,
  enrolled_at bigint, last_seen_at bigint, last_inventory_at bigint, last_connections_at bigint,
  last_sweep_at bigint, last_sweep_id text, report_sequence bigint not null default 0,
  created_at bigint not null, updated_at bigint not null);
create index machine_unit on machine(unit_id);
create table enrol_token (
  token_hash text primary key, unit_id text not null references unit(id), uses_left bigint not null, until_at bigint not null,
  kind text not null default 'agent', created_by text not null, created_at bigint not null);
create table revoked_certificate (serial text primary key, machine_id text not null, reason text not null, at bigint not null);

-- intake: what came in, once
create table agent_report (
  id text primary key, machine_id text not null references machine(id), kind text not null, sequence bigint not null,
  made_at bigint not null, received_at bigint not null, sha256 text not null, way text not null default 'line',
  unique (machine_id, sequence));
create index agent_report_machine on agent_report(machine_id, received_at);
create table machine_inventory (
  machine_id text primary key references machine(id), report_id text not null references agent_report(id),
  at bigint not null, body text not null, packages bigint not null, listeners bigint not null, accounts bigint not null);
create table sweep (
  id text primary key, machine_id text not null references machine(id), report_id text not null references agent_report(id),
  started_at bigint not null, ended_at bigint not null, reason text not null, complete bigint not null,
  generation text not null, rules bigint not null, hashes bigint not null, roots text not null,
  files bigint not null, bytes bigint not null, skipped bigint not null, failed bigint not null, hits bigint not null);
create index sweep_machine on sweep(machine_id, ended_at);
create table sweep_hit (
  id text primary key, sweep_id text not null references sweep(id), machine_id text not null references machine(id),
  path text not null, sha256 text not null, size_bytes bigint not null, engine text not null, rule text not null,
  quarantine_id text not null default '', state text not null default 'open'
    check (state in ('open','quarantined','restored','gone','accepted')),
  first_at bigint not null, last_at bigint not null, finding_id text);
create index sweep_hit_machine on sweep_hit(machine_id, state);
create index sweep_hit_file on sweep_hit(machine_id, path);
create table machine_connection (
  machine_id text not null references machine(id), remote text not null, remote_hex text not null, port bigint not null,
  protocol text not null, process text not null, first_at bigint not null, last_at bigint not null, times bigint not null,
  family text not null default '', list text not null default '',
  primary key (machine_id, remote, port, protocol, process));
create index machine_connection_remote on machine_connection(remote_hex);
create table sweep_order (
  id text primary key, machine_id text not null references machine(id), kind text not null default 'sweep',
  priority bigint not null, reason text not null, subject_id text not null default '', argument text not null default '',
  state text not null default 'waiting' check (state in ('waiting','sent','done','failed','cancelled')),
  created_at bigint not null, created_by text not null, sent_at bigint, done_at bigint, result_id text);
create index sweep_order_machine on sweep_order(machine_id, state);

-- lists
create table list_source (
  id text primary key, name text not null unique, kind text not null check (kind in ('indicator','victim')),
  format text not null default '', column_map text not null default '{}', zone_minutes bigint not null default 420,
  created_at bigint not null, updated_at bigint not null);
create table list_batch (
  id text primary key, source_id text not null references list_source(id), kind text not null,
  file_name text not null, file_sha256 text not null, format text not null, period text not null default '', letter text not null default '',
  rows_read bigint not null, rows_good bigint not null, rows_duplicate bigint not null, rows_refused bigint not null,
  rows_warned bigint not null, rows_outside bigint not null, store text not null default '',
  received_at bigint not null, received_by text not null, active bigint not null default 1,
  unique (source_id, file_sha256));
create table list_refused (
  batch_id text not null references list_batch(id), line bigint not null, raw text not null, why_vi text not null, why_en text not null,
  kind text not null default 'refused', primary key (batch_id, line, kind));
-- immutable: what the list said
create table observation (
  id text primary key, batch_id text not null references list_batch(id), line bigint not null, row_key text not null,
  src_ip text not null, src_hex text not null, src_port bigint, seen_at bigint, malware text not null default '', family text not null default '',
  cc_ip text not null default '', cc_host text not null default '', cc_port bigint, protocol text not null default '',
  inner_name text not null default '', times bigint not null default 1, raw text not null, extra text not null default '{}',
  finding_id text, unique (batch_id, row_key));
create index observation_src on observation(src_hex, seen_at);
-- mutable: what we do about it. kind: victim (our public address on a list), hit (malware file), contact (connection to an indicator)
create table finding (
  id text primary key, kind text not null check (kind in ('victim','hit','contact')), finding_key text not null unique,
  unit_id text references unit(id), machine_id text references machine(id),
  title text not null, malware text not null default '', src_ip text not null default '', remote text not null default '',
  state text not null default 'new' check (state in
    ('new','attributed','cleaning','verified','confirmed','closed','waived','not_ours')),
  severity text not null default 'high', first_at bigint not null, last_at bigint not null, times bigint not null default 1,
  confidence bigint not null default 0, reason text not null default '{}', delta text not null default 'new',
  proof_kind text not null default '', proof_id text not null default '', incident_id text,
  received_at bigint not null default 0, created_at bigint not null, updated_at bigint not null, closed_at bigint);
create index finding_unit on finding(unit_id, state);
create index finding_machine on finding(machine_id, state);

create table incident (
  id text primary key, number text not null unique, unit_id text not null references unit(id), title text not null,
  class text not null default 'malicious-code', severity text not null, tlp text not null default 'amber',
  malware text not null default '',
  state text not null default 'new' check (state in ('new','triage','contained','eradicated','recovered','closed','dismissed')),
  owner_id text references account(id), detected_at bigint not null, due_at bigint, closed_at bigint,
  created_at bigint not null, updated_at bigint not null);
create index incident_unit on incident(unit_id, state);
create index incident_malware on incident(unit_id, malware);
create table incident_entry (
  id text primary key, incident_id text not null references incident(id), at bigint not null, kind text not null, body text not null,
  author text not null, evidence_kind text not null default '', evidence_id text not null default '', correction_of text,
  created_at bigint not null);
create index incident_entry_incident on incident_entry(incident_id, at);

-- campaigns
create table directive (
  id text primary key, pack text not null, pack_sha256 text not null, number text not null, issued_on bigint not null, due_at bigint not null,
  body text not null, active bigint not null default 1, loaded_at bigint not null, unique (pack));
create table cell (
  directive_id text not null references directive(id), unit_id text not null references unit(id), clause text not null,
  state text not null, proved_by text not null, met bigint not null, total bigint not null, seen bigint not null, expected bigint not null,
  as_of bigint not null, changed_at bigint not null, before_state text not null default '', proof text not null default '[]',
  primary key (directive_id, unit_id, clause));
create table waiver (
  id text primary key, directive_id text not null references directive(id), unit_id text not null references unit(id), clause text not null,
  reason text not null, asked_by text not null, approved_by text not null default '', from_at bigint not null, until_at bigint not null,
  ended_at bigint, created_at bigint not null);
create table attestation (
  id text primary key, directive_id text not null references directive(id), unit_id text not null references unit(id), clause text not null,
  measure text not null, body text not null, by_name text not null, by_account text not null, at bigint not null, withdrawn_at bigint);
create table urge (
  id text primary key, directive_id text not null references directive(id), unit_id text not null references unit(id), clause text not null,
  level bigint not null, channel text not null, by_account text not null, at bigint not null, read_at bigint);

create table document (
  id text primary key, kind text not null, directive_id text references directive(id), unit_id text not null references unit(id),
  from_at bigint not null, until_at bigint not null, frozen text not null, frozen_sha256 text not null,
  state text not null default 'draft' check (state in ('draft','submitted','signed','issued','withdrawn')),
  number text not null default '', signed_on bigint, signer text not null default '', fields text not null default '{}',
  made_at bigint not null, made_by text not null, updated_at bigint not null);

-- who did what, chained: hash = sha256(previous hash, this row)
create table audit (
  sequence bigint primary key, at bigint not null, actor text not null, address text not null default '', act text not null,
  object_kind text not null, object_id text not null, unit_id text, detail text not null default '{}', previous text not null, hash text not null);
-- what changed, for pages that look on; unit_id null = everyone
create table change (sequence bigint primary key, at bigint not null, topic text not null, object_id text not null default '', unit_id text);
create table setting (name text primary key, value text not null, updated_at bigint not null);
