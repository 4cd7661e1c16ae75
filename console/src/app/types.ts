// The nouns of docs/api.md as the page reads them. Fields marked optional may be null or absent.
// SPDX-License-Identifier: Apache-2.0
export interface T {
  vi: string;
  en: string;
}
export type Maybe<V> = V | null | undefined;
export type Topic =
  "matrix" | "machine" | "finding" | "incident" | "list" | "report" | "set" | "unit"
  | "registry" | "traffic";
export interface Ref {
  id: string;
  name: string;
}
export type Role = "administrator" | "office" | "unit";

export interface Session {
  signed_in: boolean;
  first_run: boolean;
  version: string;
  language?: "vi" | "en";
  account?: Maybe<Account>;
  csrf?: Maybe<string>;
  office?: Maybe<{ name: string; hotline: string }>;
}
export interface Account {
  id: string;
  login: string;
  name: string;
  role: Role;
  must_change?: boolean;
  active?: boolean;
  unit?: Maybe<Ref>;
}

export type CellState = "met" | "not_met" | "waived" | "not_applicable" | "unknown";
export type ProvedBy = "machine" | "person" | "none";
export interface Cell {
  state: CellState;
  proved_by: ProvedBy;
  met: number;
  total: number;
  seen: number;
  expected: number;
  changed?: Maybe<"better" | "worse">;
  late_days: number;
  until?: Maybe<string>;
}
export interface Clause {
  id: string;
  label: string;
  title: T;
  due_at?: Maybe<string>;
}
export interface Directive {
  id: string;
  pack: string;
  number: string;
  title: T;
  issued_on?: Maybe<string>;
  due_at?: Maybe<string>;
  active?: boolean;
  holiday?: Maybe<{ from: string; to: string; first_day: string; name: T }>;
}
export interface MatrixUnit {
  id: string;
  name: string;
  kind: string;
  kind_label: T;
  machines: number;
  reporting: number;
  late_days: number;
  met: number;
  total: number;
  cells: Record<string, Cell>;
}
export interface Column {
  met: number;
  total: number;
  unknown: number;
  not_met: number;
  waived: number;
}
export interface Totals {
  met: number;
  total: number;
  by_machine: number;
  by_person: number;
  not_met: number;
  unknown: number;
  waived: number;
  reporting: number;
  machines: number;
}
export interface Matrix {
  directive: Directive;
  as_of: string;
  clauses: Clause[];
  units: MatrixUnit[];
  totals: Totals;
  columns: Record<string, Column>;
}
export interface Missing {
  machine?: Maybe<Ref>;
  finding?: Maybe<{ id: string; title: string }>;
  why: T;
}
export interface Measure {
  id: string;
  title: T;
  state: CellState;
  proved_by: ProvedBy;
  met: number;
  total: number;
  missing_total: number;
  missing: Missing[];
}
export interface Evidence {
  kind: string;
  at: string;
  title: T;
  detail: T;
  state: string;
  link?: Maybe<{ page: string; id: string }>;
}
export interface Proof {
  unit: Ref;
  clause: { id: string; label: string; title: T; quote?: Maybe<T> };
  state: CellState;
  proved_by: ProvedBy;
  as_of: string;
  due_at?: Maybe<string>;
  late_days: number;
  seen: number;
  expected: number;
  measures: Measure[];
  evidence: Evidence[];
  waiver?: Maybe<{ id: string; reason: string; until: string; by: string }>;
  attestations: { id: string; by: string; at: string; body: string }[];
  urges: {
    id: string;
    level: number;
    channel: string;
    at: string;
    by: string;
    read_at?: Maybe<string>;
  }[];
}

export interface Unit {
  id: string;
  parent_id?: Maybe<string>;
  code: string;
  name: string;
  kind: string;
  kind_label: T;
  machines: number;
  reporting: number;
  open_findings: number;
  valid_from?: Maybe<string>;
  valid_until?: Maybe<string>;
}
export interface Person {
  id: string;
  name: string;
  title?: string;
  phone?: string;
  email?: string;
  valid_until?: Maybe<string>;
}
export interface Range {
  id: string;
  prefix: string;
  operator?: string;
  behind_nat?: boolean;
  dynamic?: boolean;
  note?: string;
  valid_from?: Maybe<string>;
  valid_until?: Maybe<string>;
}
export interface System {
  id: string;
  code: string;
  name: string;
  level: number;
  purpose?: string;
  dossier_state?: string;
}
export interface UnitPage extends Unit {
  phone?: string;
  email?: string;
  workstations_declared?: number;
  path?: Ref[];
  predecessors?: Ref[];
  successors?: Ref[];
  people?: Person[];
  ranges?: Range[];
  systems?: System[];
  machines_list?: Machine[];
  findings?: Finding[];
  cells?: Record<string, Cell>;
  tokens?: { until: string; uses_left: number }[];
}

export type Verdict = "clean" | "infected" | "unknown" | "stale";
export interface Machine {
  id: string;
  name: string;
  unit: Ref;
  kind: string;
  state: string;
  os_name: string;
  os_version: string;
  os_build: string;
  addresses: string[];
  last_seen_at?: Maybe<string>;
  last_inventory_at?: Maybe<string>;
  last_sweep_at?: Maybe<string>;
  open_hits: number;
  open_findings: number;
  listed: boolean;
  verdict: Verdict;
}
export interface Sweep {
  id: string;
  started_at: string;
  ended_at?: Maybe<string>;
  reason: string;
  complete: boolean;
  generation: string;
  files: number;
  bytes: number;
  skipped: number;
  failed: number;
  hits: number;
  roots: string[];
}
export interface Hit {
  id: string;
  path: string;
  sha256: string;
  bytes: number;
  rule: string;
  engine: string;
  state: string;
  quarantine_id?: Maybe<string>;
  first_at: string;
  last_at: string;
}
export interface Connection {
  remote: string;
  port: number;
  protocol: string;
  process: string;
  first_at: string;
  last_at: string;
  times: number;
  family?: Maybe<string>;
  list?: Maybe<string>;
}
export interface Order {
  id: string;
  kind: string;
  state: string;
  priority: number;
  reason: string;
  created_at: string;
  done_at?: Maybe<string>;
}
export interface Listener {
  protocol: string;
  address: string;
  port: number;
  process?: string;
  user?: string;
}
export interface LocalAccount {
  name: string;
  id?: number;
  administrator?: boolean;
  locked?: boolean;
}
export interface Inventory {
  at: string;
  packages: number;
  listeners?: Listener[];
  accounts?: LocalAccount[];
  hardware?: Maybe<Record<string, unknown>>;
  package_list?: { name: string; version: string }[];
}
export interface MachinePage extends Machine {
  serial?: string;
  location?: string;
  enrolled_at?: Maybe<string>;
  agent_version?: string;
  certificate_until?: Maybe<string>;
  inventory?: Maybe<Inventory>;
  sweeps?: Sweep[];
  hits?: Hit[];
  connections?: Connection[];
  findings?: Finding[];
  orders?: Order[];
  proof?: { state: string; title: T; detail: T; at?: Maybe<string> }[];
}

export interface Counts {
  read: number;
  good: number;
  duplicate: number;
  refused: number;
  warned: number;
  outside: number;
}
export type ListKind = "indicator" | "victim";
export interface Batch {
  id: string;
  source: string;
  kind: ListKind;
  file_name: string;
  format: string;
  period: string;
  letter: string;
  received_at: string;
  received_by: string;
  active: boolean;
  counts: Counts;
}
export interface IndicatorSet {
  generation: string;
  made_at: string;
  total: number;
  ipv4: number;
  ipv6: number;
  prefixes: number;
  names: number;
  urls: number;
  hashes: number;
  certificates: number;
  bytes: number;
}
export interface Source {
  id: string;
  name: string;
  kind: ListKind;
  format: string;
  zone_minutes: number;
}
export interface Lists {
  batches: Batch[];
  sources: Source[];
  set?: Maybe<IndicatorSet>;
}
export interface Refused {
  line: number;
  column?: Maybe<string>;
  read?: string;
  raw?: string; // a filed list keeps the whole line
  why: T;
}
export interface Warned {
  line: number;
  value: string;
  why: T;
  list?: Maybe<string>;
}
export interface Victim {
  address: string;
  rows: number;
  seen_at?: Maybe<string>;
  malware: string;
  unit?: Maybe<Ref>;
  range?: Maybe<string>;
  machines: Ref[];
  confidence: number;
  reason: T;
  delta: string;
}
export interface Preview {
  upload: string;
  sha256: string;
  file_name: string;
  format: string;
  encoding: string;
  kind: ListKind;
  kind_sure: boolean;
  source?: Maybe<string>;
  zone_minutes: number;
  already?: Maybe<Batch>;
  columns: { index: number; name: string; field: string; sure: boolean; samples: string[] }[];
  fields: { id: string; label: T }[];
  header_line: number;
  counts: Counts;
  first_rows: { line: number; cells: string[] }[];
  refused: Refused[];
  warned: Warned[];
  victims: Victim[];
  gone: { address: string; unit?: Maybe<Ref> }[];
}
export interface BatchRow {
  line: number;
  address: string;
  unit?: Maybe<Ref>;
  machine?: Maybe<Ref>;
  state: string;
  finding?: Maybe<string>;
}
export interface BatchPage extends Batch {
  rows?: BatchRow[];
  refused?: Refused[];
  warned?: Warned[];
}
export interface CaptureResult {
  packets: number;
  skipped: number;
  findings: number;
  matches: {
    at: string;
    source: string;
    destination: string;
    type: string;
    value: string;
    family: string;
    list: string;
  }[];
}

export interface Finding {
  id: string;
  kind: "victim" | "hit" | "contact";
  state: string;
  title: string;
  malware: string;
  src_ip: string;
  remote: string;
  unit?: Maybe<Ref>;
  machine?: Maybe<Ref>;
  severity: string;
  first_at: string;
  last_at: string;
  times: number;
  confidence: number;
  reason?: Maybe<T>;
  delta: string;
  incident?: Maybe<{ id: string; number: string }>;
  proof?: Maybe<{ kind: string; id: string }>;
}
export interface Incident {
  id: string;
  number: string;
  title: string;
  unit: Ref;
  class: string;
  severity: string;
  state: string;
  detected_at: string;
  due_at?: Maybe<string>;
  closed_at?: Maybe<string>;
  owner?: Maybe<Ref | string>;
}
export interface Entry {
  id: string;
  at: string;
  kind: string;
  body: string;
  author: string;
  evidence?: Maybe<{ kind: string; id: string }>;
  correction_of?: Maybe<string>;
}
export interface IncidentPage extends Incident {
  tlp: string;
  rule?: Maybe<T>;
  moves: string[];
  timeline: Entry[];
  findings: Finding[];
  machines: Machine[];
}

export interface Report {
  id: string;
  kind: string;
  title: T;
  number: string;
  state: string;
  from?: Maybe<string>;
  until?: Maybe<string>;
  made_at: string;
  made_by: string;
}
export interface ReportFields {
  place: string;
  signer: string;
  signer_title: string;
  authority: string;
  recipients: string[];
  number: string;
  signed_on?: Maybe<string>;
}
export interface Figure {
  number: number;
  label: T;
  value: string | number;
  link?: Maybe<{ page: string; query?: Maybe<string | Record<string, string>> }>;
}
export interface Run {
  text: string;
  figure?: Maybe<number>;
}
export interface Block {
  kind: string;
  runs?: Run[];
  letter?: string;
  columns?: { title: string; width: number; right: boolean }[];
  rows?: string[][];
}
export interface SheetFrame {
  parent: string;
  issuer: string;
  number: string;
  symbol: string;
  place: string;
  date: string;
  authority: string[];
  signer: string;
  recipients: string[];
}
export interface Sheet {
  blocks: Block[];
  frame?: Maybe<SheetFrame>;
  draft?: boolean;
}
export interface ReportPage extends Report {
  fields: ReportFields;
  sheet: Sheet;
  figures: Figure[];
  weak: { label: T; why: T }[];
  sha256: string;
}
export interface Status {
  version: string;
  started_at: string;
  database: { engine: string; schema: number; bytes: number };
  processes: { name: string; pid: number; rss_bytes: number }[];
  counters: Record<string, unknown>;
}
export interface SearchResult {
  page: string;
  id: string;
  title: string;
  detail: string;
}
