// The rows of a hunt over time: sums by unit and machine, and the plot with what no sensor saw.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { full } from "../app/time";
import type { HuntHit, HuntPage as Data } from "../app/traffic_types";
import { SpanChart, type Axis, type Span } from "../ui/chart";
import { gapsOf } from "../ui/order";
import { Card } from "../ui/page";
import { t } from "../words";

const SPANS_SHOWN = 14;

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

/** The period that was asked for, and what was found beside it. */
function axisOf(hunt: Data): Axis {
  const asked = [hunt.coverage.since, hunt.coverage.until, earliest(hunt.rows), latest(hunt.rows)];
  const times = asked.map((at) => Date.parse(at));
  const from = Math.min(...times);
  return { from, to: Math.max(...times, from + 60_000) };
}

/** What is too narrow to be seen is not drawn. */
const drawn = (axis: Axis, gap: Axis) => gap.to - gap.from > (axis.to - axis.from) / 200;

export function Contacts({ hunt }: { hunt: Data }) {
  const [near, setNear] = useState(false);
  const whole = axisOf(hunt);
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
        gaps={gapsOf(hunt.coverage).filter((gap) => drawn(axis, gap))}
        label={t("hunt_alt", {
          n: groups.length,
          first: full(earliest(hunt.rows)),
          last: full(latest(hunt.rows)),
        })}
      />
    </Card>
  );
}
