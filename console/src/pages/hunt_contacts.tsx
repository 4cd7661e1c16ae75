// The rows of a hunt over time: sums by unit and machine, and the plot with what no sensor saw.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { full } from "../app/time";
import type { HuntHit, HuntPage as Data, Sensor } from "../app/traffic_types";
import { SpanChart, type Axis, type Span } from "../ui/chart";
import { Card } from "../ui/page";
import { keptBy } from "../ui/traffic_marks";
import { t } from "../words";

const SPANS_SHOWN = 14;
const REPORT_MS = 120_000; // a sensor tells of itself each minute

export const placeOf = (row: HuntHit) => row.machine?.id ?? row.host;
export const distinct = (rows: HuntHit[], key: (row: HuntHit) => string) =>
  new Set(rows.map(key)).size;
export const earliest = (rows: HuntHit[]) =>
  rows.reduce((a, b) => (b.first_at < a ? b.first_at : a), rows[0]!.first_at);
export const latest = (rows: HuntHit[]) =>
  rows.reduce((a, b) => (b.last_at > a ? b.last_at : a), rows[0]!.last_at);
export const flowsOf = (rows: HuntHit[]) => rows.reduce((sum, row) => sum + row.flows, 0);

export function grouped(rows: HuntHit[], key: (row: HuntHit) => string): HuntHit[][] {
  const groups = new Map<string, HuntHit[]>();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return [...groups.values()].sort((a, b) => flowsOf(b) - flowsOf(a));
}

/** When the sensors of this hunt kept anything at all: what lies outside was not seen by anyone. */
export function coverOf(hunt: Data, sensors: Sensor[]): Axis | null {
  const mine = sensors.filter((one) => hunt.sensors.some((part) => part.sensor.id === one.id));
  const kept = mine.map(keptBy).filter((one) => one !== null);
  if (!kept.length) return null;
  return {
    from: Math.min(...kept.map((one) => one.from)),
    to: Math.max(...kept.map((one) => one.to)),
  };
}

function axisOf(hunt: Data, cover: Axis | null): Axis {
  const now = hunt.until ? Date.parse(hunt.until) : Date.parse(hunt.created_at);
  const first = hunt.rows.length ? Date.parse(earliest(hunt.rows)) : now;
  const last = hunt.rows.length ? Date.parse(latest(hunt.rows)) : now;
  const from = hunt.since ? Date.parse(hunt.since) : Math.min(first, cover?.from ?? first);
  return { from, to: Math.max(now, last, from + 60_000) };
}

function gapsOf(axis: Axis, cover: Axis | null, rows: HuntHit[]): Axis[] {
  if (!cover) return [];
  // a row is proof that there was data
  const from = Math.min(cover.from, ...rows.map((row) => Date.parse(row.first_at)));
  const to = Math.max(cover.to + REPORT_MS, ...rows.map((row) => Date.parse(row.last_at)));
  return [
    { from: axis.from, to: from },
    { from: to, to: axis.to },
  ].filter((gap) => gap.to - gap.from > (axis.to - axis.from) / 100);
}

export function Contacts({ hunt, sensors }: { hunt: Data; sensors: Sensor[] }) {
  const cover = coverOf(hunt, sensors);
  const [near, setNear] = useState(false);
  const whole = axisOf(hunt, cover);
  const found = hunt.rows.length
    ? { from: Date.parse(earliest(hunt.rows)), to: Date.parse(latest(hunt.rows)) }
    : whole;
  const room = Math.max((found.to - found.from) / 20, 60_000);
  const axis = near ? { from: found.from - room, to: found.to + room } : whole;
  const groups = grouped(hunt.rows, placeOf);
  const spans: Span[] = groups.slice(0, SPANS_SHOWN).map((rows) => ({
    key: placeOf(rows[0]!),
    name: `${rows[0]!.machine?.name ?? rows[0]!.host} · ${t("flows_n", { n: flowsOf(rows) })}`,
    from: Date.parse(earliest(rows)),
    to: Date.parse(latest(rows)),
    hot: true,
  }));
  return (
    <Card
      title={t("hunt_over_time")}
      note={
        <span class="legend-line">
          {groups.length > SPANS_SHOWN
            ? t("rows_shown", { n: SPANS_SHOWN, of: groups.length })
            : t("hunt_over_time_note")}
          <i class="key gap" /> {t("chart_gap")}
        </span>
      }
      acts={
        <div class="seg" role="group" aria-label={t("hunt_over_time")}>
          {[false, true].map((one) => (
            <button
              key={String(one)}
              type="button"
              aria-pressed={near === one}
              onClick={() => setNear(one)}
            >
              {t(one ? "chart_near" : "chart_whole")}
            </button>
          ))}
        </div>
      }
    >
      <SpanChart
        spans={spans}
        axis={axis}
        gaps={gapsOf(axis, cover, hunt.rows)}
        label={t("hunt_alt", {
          n: groups.length,
          first: full(earliest(hunt.rows)),
          last: full(latest(hunt.rows)),
        })}
      />
    </Card>
  );
}
