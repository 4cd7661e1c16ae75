// Plots over time. The drawing stretches, the words do not; where there is no data the
// plot says so instead of drawing nothing. What a plot shows stands in words beside it too.
// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import { clock, dayMonth } from "../app/time";
import { count, t } from "../words";

export interface Axis {
  from: number; // ms
  to: number;
}
export interface Bucket {
  at: number; // ms, its beginning
  value: number | null; // null: not seen
  lost?: boolean; // seen, but not all of it
}

const HOUR = 3_600_000;
const ROW_PX = 36; // of a line with its name above it
const HEAD_PX = 30; // where the plot says what it does not know
const ticksWanted = [
  1 / 60,
  2 / 60,
  5 / 60,
  0.25,
  0.5,
  1,
  3,
  6,
  12,
  24,
  48,
  24 * 7,
  24 * 14,
  24 * 30,
  24 * 61,
  24 * 122,
];
const share = (axis: Axis, at: number) =>
  Math.max(0, Math.min(100, ((at - axis.from) / Math.max(1, axis.to - axis.from)) * 100));
const percent = (n: number) => n.toFixed(2) + "%";

/** A round number at or above n: the top line of a plot. */
function roundUp(n: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(n, 1)));
  return power * ([1, 2, 4, 5, 10].find((step) => step * power >= n) ?? 10);
}

function Ticks({ axis }: { axis: Axis }) {
  const hours = (axis.to - axis.from) / HOUR;
  const step = (ticksWanted.find((one) => hours / one <= 8) ?? hours / 8) * HOUR;
  const office = 7 * HOUR; // ticks at whole hours and midnights of the office's clock
  const first = Math.ceil((axis.from + office) / step) * step - office;
  const marks: number[] = [];
  for (let at = first; at <= axis.to; at += step) marks.push(at);
  return (
    <>
      {marks.map((at, n) => (
        <span
          key={at}
          class={"x" + (n % 2 ? " alt" : "")}
          style={{ left: percent(share(axis, at)) }}
        >
          {step < 24 * HOUR ? clock(new Date(at)) : dayMonth(new Date(at).toISOString())}
        </span>
      ))}
    </>
  );
}

/** Neighbouring buckets of one sort: seen, or not. */
function runs(buckets: Bucket[]): Bucket[][] {
  const all: Bucket[][] = [];
  for (const one of buckets) {
    const last = all[all.length - 1];
    if (last && (last[0]!.value === null) === (one.value === null)) last.push(one);
    else all.push([one]);
  }
  return all;
}

function Gap({ x, width }: { x: number; width: number }) {
  return (
    <>
      <rect class="gap-ground" x={x} width={width} height="100" />
      <path class="gap-edge" d={`M${x} 0V100M${x + width} 0V100`} />
    </>
  );
}

function GapWords({ gaps }: { gaps: { x: number; width: number }[] }) {
  const widest = gaps.reduce((a, b) => (b.width > a.width ? b : a), { x: 0, width: 0 });
  if (widest.width < 12) return null;
  return (
    <span class="gap-word" style={{ left: percent(widest.x + widest.width / 2) }}>
      ? {t("chart_gap")}
    </span>
  );
}

/** A quantity over time. A bucket without a value is a gap, one that lost something has a red foot. */
export function AreaChart({
  buckets,
  step,
  unit,
  label,
}: {
  buckets: Bucket[];
  step: number; // ms
  unit: (n: number) => string;
  label: string;
}) {
  const axis = { from: buckets[0]?.at ?? 0, to: (buckets[buckets.length - 1]?.at ?? 0) + step };
  const top = roundUp(Math.max(...buckets.map((one) => one.value ?? 0), 1));
  const y = (value: number) => 100 - (value / top) * 100;
  const x = (at: number) => share(axis, at);
  const parts = runs(buckets).map((run) => {
    const from = x(run[0]!.at);
    const to = x(run[run.length - 1]!.at + step);
    return { run, from, width: to - from, gap: run[0]!.value === null };
  });
  return (
    <figure class="chart area" role="img" aria-label={label}>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        {[0, 50, 100].map((line) => (
          <path key={line} class="grid" d={`M0 ${line}H100`} />
        ))}
        {parts.map(({ run, from, width, gap }) =>
          gap ? (
            <Gap key={from} x={from} width={width} />
          ) : (
            <path
              key={from}
              class="b1"
              d={
                `M${from.toFixed(3)} 100` +
                run
                  .map((one) => `V${y(one.value ?? 0).toFixed(2)}H${x(one.at + step).toFixed(3)}`)
                  .join("") +
                "V100Z"
              }
            />
          ),
        )}
        {buckets
          .filter((one) => one.lost)
          .map((one) => (
            <rect
              key={one.at}
              class="b2"
              x={x(one.at)}
              width={x(one.at + step) - x(one.at)}
              y="94"
              height="6"
            />
          ))}
      </svg>
      <div aria-hidden="true">
        {[0, 50, 100].map((line) => (
          <span key={line} class="y" style={{ bottom: line + "%" }}>
            {unit((top * line) / 100)}
          </span>
        ))}
        <GapWords
          gaps={parts.filter((one) => one.gap).map((one) => ({ x: one.from, width: one.width }))}
        />
        <Ticks axis={axis} />
      </div>
    </figure>
  );
}

export interface Span {
  key: string;
  name: ComponentChildren;
  from: number;
  to: number;
  hot?: boolean;
}

/** From first to last contact, a line a machine; where no sensor kept data the ground says so. */
export function SpanChart({
  spans,
  axis,
  gaps,
  mark,
  label,
}: {
  spans: Span[];
  axis: Axis;
  gaps: Axis[];
  mark?: number; // a moment: an upright line
  label: string;
}) {
  const height = HEAD_PX + Math.max(spans.length, 1) * ROW_PX;
  const places = gaps.map((gap) => {
    const x = share(axis, gap.from);
    return { x, width: share(axis, gap.to) - x };
  });
  return (
    <figure class="chart spans" role="img" aria-label={label} style={{ height: height + "px" }}>
      <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {places.map((one) => (
          <rect key={one.x} class="gap-ground" x={one.x} width={one.width} height={height} />
        ))}
        {mark !== undefined && <path class="mark" d={`M${share(axis, mark)} 0V${height}`} />}
        {spans.map((one, n) => (
          <path key={one.key} class="grid" d={`M0 ${HEAD_PX + (n + 1) * ROW_PX - 6}H100`} />
        ))}
        {spans.map((one, n) => {
          const x = Math.min(share(axis, one.from), 99.4);
          return (
            <rect
              key={one.key}
              class={one.hot ? "b2" : "b1"}
              x={x}
              y={HEAD_PX + (n + 1) * ROW_PX - 13}
              width={Math.max(share(axis, one.to) - x, 0.6)}
              height="7"
            />
          );
        })}
      </svg>
      <div aria-hidden="true">
        {spans.map((one, n) => (
          <span key={one.key} class="name" style={{ top: HEAD_PX + n * ROW_PX + 4 + "px" }}>
            {one.name}
          </span>
        ))}
        <GapWords gaps={places} />
        <Ticks axis={axis} />
      </div>
    </figure>
  );
}

/** Rows with a time and an amount, summed into so many buckets; where `seen` says no, null. */
export function bucketed(
  rows: { at: number; value: number }[],
  axis: Axis,
  step: number,
  seen: (at: number) => boolean,
): Bucket[] {
  const sums = new Map<number, number>();
  for (const row of rows) {
    const at = Math.floor(row.at / step) * step;
    sums.set(at, (sums.get(at) ?? 0) + row.value);
  }
  const all: Bucket[] = [];
  for (let at = Math.floor(axis.from / step) * step; at < axis.to; at += step)
    all.push({ at, value: sums.get(at) ?? (seen(at) ? 0 : null) });
  return all;
}

/** 1 400 000 → "1,4 Mb/s". */
export function rate(bits: number): string {
  const units = ["b/s", "kb/s", "Mb/s", "Gb/s"];
  let at = 0;
  while (bits >= 1000 && at < units.length - 1) {
    bits /= 1000;
    at++;
  }
  return (
    count(bits >= 100 || at === 0 ? Math.round(bits) : Math.round(bits * 10) / 10) +
    "\u00a0" +
    units[at]
  );
}
