// The nouns of the traffic and of the feeds as the page reads them (docs/api.md).
// SPDX-License-Identifier: Apache-2.0
import type { Maybe, Ref, T } from "./types";

export interface Sensor {
  id: string;
  name: string;
  unit: Ref;
  state: "active" | "silent" | "revoked";
  version: string;
  last_seen_at: Maybe<string>;
  status: Maybe<SensorStatus>;
}
export interface SensorStatus {
  at: string;
  since: string;
  source: string;
  generation: string;
  packets: number;
  bytes: number;
  drops: number;
  ring_drops: number;
  unreadable: number;
  packets_per_second: number;
  bits_per_second: number;
  flows_open: number;
  flows: number;
  flows_refused: number;
  outbox: number;
  restarts: number;
  logs: LogCounts;
  archive: {
    bytes: number;
    flows: number;
    partitions: number;
    damaged: number;
    failures: number;
    first_at: Maybe<string>;
    last_at: Maybe<string>;
  };
}
/** Lines of syslog and followed files since the sensor began. */
export interface LogCounts {
  lines: number;
  taken: number;
  refused: number;
  cut: number;
  translations: number;
  leases: number;
  kinds: Record<string, number>;
}
export interface Minute {
  at: string;
  packets: number;
  bytes: number;
  flows: number;
  drops: number;
}
interface Amount {
  bytes_out: number;
  bytes_in: number;
  flows: number;
}
/** Who stands behind an address, as far as the centre knows. */
export interface Placed {
  machine: Maybe<Ref>;
  unit: Maybe<Ref>;
}
export interface Talker extends Placed, Amount {
  host: string;
}
export interface UnitTraffic extends Amount {
  unit: Maybe<Ref>;
  hosts: number;
}
export interface Traffic {
  sensor: Sensor;
  minutes: Minute[];
  talkers_at: Maybe<string>;
  talkers: Talker[];
  units: UnitTraffic[];
}
export interface Alert extends Placed {
  id: string;
  sensor: Ref;
  kind: "listed" | "beacon" | "scan" | "flood";
  host: string;
  peer: string;
  port: number;
  protocol: string;
  seen_in: string;
  type: string;
  value: string;
  family: string;
  list: string;
  origin: "" | "sinkhole";
  first_at: string;
  last_at: string;
  times: number;
  evidence: { reason?: T }; // of a beacon, scan or flood: what was measured, in words
  finding: Maybe<string>;
  quiet: Maybe<{ id: string; until: string; reason: string; by: string }>;
}
/** What the office does not want to hear of for a while. */
export interface Quiet {
  id: string;
  sensor: Ref;
  unit: Ref;
  host: string; // "": every host of the sensor
  kind: Alert["kind"];
  value: string; // "": any
  reason: string;
  until: string;
  state: "active" | "over" | "ended";
  created_at: string;
  created_by: string;
  ended_at: Maybe<string>;
  ended_by: Maybe<string>;
}

export type OrderState = "waiting" | "running" | "done" | "failed" | "cancelled";
export interface SensorPart {
  sensor: Ref;
  state: OrderState;
  done: number;
  total: number;
  detail: string;
  updated_at: Maybe<string>;
}
export interface Order {
  id: string;
  state: OrderState;
  done: number;
  total: number;
  created_at: string;
  created_by: string;
  sensors: SensorPart[];
}
/** When the sensors that were asked watched. Of a gap nothing is known. */
export interface Coverage {
  since: string;
  until: string;
  percent: number;
  gaps: { since: string; until: string }[];
  more: number; // further gaps
  sensors: { id: string; percent: number }[]; // each alone
}
export interface Hunt extends Order {
  list: Maybe<Ref>;
  reason: "person" | "list";
  since: Maybe<string>;
  until: Maybe<string>;
  hits: number;
  hosts: number;
  left_out: number;
}
export interface HuntHit extends Placed {
  id: string;
  sensor: string;
  host: string;
  type: string;
  value: string;
  family: string;
  list: string;
  seen_in: string;
  peer: string;
  first_at: string;
  last_at: string;
  flows: number;
  bytes: number;
  finding: Maybe<string>;
}
export interface HuntPage extends Hunt {
  rows: HuntHit[];
  coverage: Coverage;
}
export interface Trace extends Order {
  public: string;
  public_port: Maybe<number>;
  at: string;
  peer: Maybe<string>;
  peer_port: Maybe<number>;
  within_minutes: number;
  address: Maybe<TraceAddress>;
}
/** Whose the public address was at that moment; null what the reader may not see. */
export interface TraceAddress {
  owner: "ours" | "dynamic" | "other" | "unknown";
  claim: "held" | "past" | "future" | "never";
  unit: Maybe<Ref>;
  range: Maybe<string>;
  since: Maybe<string>;
  until: Maybe<string>;
  dynamic: boolean;
}
/** A machine whose own history has the peer. */
export interface TraceAgent {
  machine: Ref;
  unit: Ref;
  port: number;
  process: string;
  first_at: string;
  last_at: string;
  times: number;
}
export interface Candidate extends Placed {
  id: string;
  sensor: string;
  rank: number;
  host: string;
  confidence: number;
  reason: T;
  at: Maybe<string>;
  peer: string;
  flows: number;
  host_name: string;
  hardware: string;
  of_holder: boolean; // its unit held the address, or that is not known
}
export interface TracePage extends Trace {
  candidates: Candidate[];
  agents: TraceAgent[];
  coverage: Coverage;
  answer?: Maybe<T>;
}
export interface ShowFlow {
  sensor: string;
  begin: string;
  end: string;
  source: string;
  source_port: number;
  destination: string;
  destination_port: number;
  protocol: string;
  packets_out: number;
  bytes_out: number;
  packets_in: number;
  bytes_in: number;
}
export interface ShowPage extends Order {
  host: string;
  since: Maybe<string>;
  until: Maybe<string>;
  left_out: number;
  coverage: Coverage;
  flows: ShowFlow[];
  names: { at: string; peer: string; seen_in: string; name: string }[];
}

export interface Feed {
  id: string;
  source: string;
  url: string;
  format: string;
  kind: "indicator" | "victim";
  every_minutes: number;
  active: boolean;
  state: "new" | "ok" | "unchanged" | "failed";
  why: T;
  tried_at: Maybe<string>;
  fetched_at: Maybe<string>;
  changed_at: Maybe<string>;
  next_at: Maybe<string>;
  batch: Maybe<string>;
  added: number;
  gone: number;
  expired: number;
  bytes: number;
  protocol: "file" | "taxii";
  collection: string;
  auth: "none" | "basic" | "bearer";
  login: string;
  has_secret: boolean;
  authority: string;
}

export interface FeedSigner {
  fingerprint: string;
  office: string;
  made_at: Maybe<string>;
  taken_at: Maybe<string>;
  confirmed_by: string;
  confirmed_at: Maybe<string>;
}

export interface FeedPage {
  feeds: Feed[];
  formats: Format[];
  signers: FeedSigner[];
  fingerprint: string;
}

export interface BlockSubscriber {
  id: string;
  name: string;
  target: string;
  list_name: string;
  least_confidence: number;
  answer: string;
  created_at: Maybe<string>;
  created_by: string;
  revoked_at: Maybe<string>;
  last_at: Maybe<string>;
  last_address: string;
  fetched: number;
}

export interface BlockPage {
  subscribers: BlockSubscriber[];
  targets: { id: string; extension: string; label: T }[];
  public_key: string;
  fingerprint: string;
}

export interface Format {
  id: string;
  label: T;
}
