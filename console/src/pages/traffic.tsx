// Traffic: the sensors and what they see, who talks most, what they noticed.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { session } from "../app/api";
import { useGet } from "../app/live";
import { filter, link, route } from "../app/route";
import { useStore } from "../app/store";
import { ago, full, moment } from "../app/time";
import type { Alert, Minute, Sensor, Talker, Traffic, UnitTraffic } from "../app/traffic_types";
import { AreaChart, bucketed, rate, type Bucket } from "../ui/chart";
import { Icon } from "../ui/icon";
import { Fig, Note, St } from "../ui/marks";
import { Card, Page } from "../ui/page";
import { Empty, Wait } from "../ui/states";
import { Table, counted } from "../ui/table";
import { Host, InOut, UnitName, usePoll } from "../ui/traffic_marks";
import { bytes, count, t } from "../words";
import { AlertsCard } from "./traffic_alerts";
import { EnrolSensor } from "./traffic_enrol";

const MINUTE = 60_000;
const SILENCE_MS = 60_000; // that a sensor fell silent is no news by itself
// hours shown, and minutes in a step of the plot
const spans = [
  [1, 1],
  [6, 5],
  [24, 5],
  [192, 60],
] as const;

export function SensorSt({ sensor }: { sensor: Sensor }) {
  if (sensor.state === "active") return <St tone="met">{t("sensor_active")}</St>;
  if (sensor.state === "silent") return <St tone="unknown">{t("sensor_silent")}</St>;
  return <St tone="na">{t("sensor_revoked")}</St>;
}

function SensorTable({ sensors, chosen }: { sensors: Sensor[]; chosen: string }) {
  return (
    <Card title={t("sensors")} acts={counted(sensors.length)} flush>
      <Table
        rows={sensors}
        rowKey={(one) => one.id}
        label={t("sensors")}
        hot={(one) => sensors.length > 1 && one.id === chosen}
        onOpen={(one) => filter({ sensor: one.id })}
        columns={[
          {
            head: t("sensor"),
            cell: (one) => (
              <>
                <a href={link("traffic", "", { sensor: one.id })}>
                  <b>{one.name}</b>
                </a>
                <small>{one.unit.name}</small>
              </>
            ),
          },
          {
            head: t("state"),
            fold: t("state"),
            cell: (one) => (
              <>
                <SensorSt sensor={one} />
                <small title={full(one.last_seen_at)}>{ago(one.last_seen_at)}</small>
              </>
            ),
          },
          {
            head: t("sensor_rate"),
            fold: t("sensor_rate"),
            num: true,
            cell: (one) =>
              one.status && (
                <>
                  <b>{rate(one.status.bits_per_second)}</b>
                  <small>{t("packets_per_second", { n: one.status.packets_per_second })}</small>
                </>
              ),
          },
          {
            head: t("drops"),
            fold: t("drops"),
            cell: (one) => one.status && <Drops of={one.status} />,
          },
          {
            head: t("flows"),
            fold: t("flows"),
            num: true,
            cell: (one) =>
              one.status && (
                <>
                  {count(one.status.flows)}
                  <small>{t("flows_open", { n: one.status.flows_open })}</small>
                </>
              ),
          },
          {
            head: t("archive"),
            fold: t("archive"),
            cell: (one) => one.status && <Archive of={one.status.archive} />,
          },
        ]}
      />
    </Card>
  );
}

function Drops({ of }: { of: NonNullable<Sensor["status"]> }) {
  const lost = of.drops + of.ring_drops;
  const share = lost / Math.max(1, of.packets + of.drops);
  const words = lost && share < 0.0001 ? "< 0,01 %" : count(Math.round(share * 10000) / 100) + " %";
  return (
    <>
      <span class={lost ? "txt unmet" : undefined}>{count(lost)}</span>
      <small>{words}</small>
    </>
  );
}

function Archive({ of }: { of: NonNullable<Sensor["status"]>["archive"] }) {
  return (
    <>
      {bytes(of.bytes)}
      <small>
        {of.first_at ? moment(of.first_at) + " – " + moment(of.last_at) : t("archive_empty")}
      </small>
      {of.damaged + of.failures > 0 && (
        <small class="txt unmet">{t("archive_damaged", { n: of.damaged + of.failures })}</small>
      )}
    </>
  );
}

function SensorNotes({ sensor }: { sensor: Sensor }) {
  const said = sensor.status;
  if (sensor.state === "silent")
    return (
      <Note tone="unknown" title={t("sensor_silent_title", { name: sensor.name })}>
        <p>{t("sensor_silent_note", { at: full(sensor.last_seen_at) })}</p>
      </Note>
    );
  if (!said) return <Note tone="unknown" title={t("sensor_nothing_yet")} />;
  if (said.drops + said.ring_drops > said.packets / 100)
    return (
      <Note tone="soon" title={t("sensor_loses")}>
        <p>{t("sensor_loses_note")}</p>
      </Note>
    );
  return null;
}

function Figures({ sensor, minutes }: { sensor: Sensor; minutes: Minute[] }) {
  const said = sensor.status;
  const peak = Math.max(0, ...minutes.map((one) => (one.bytes * 8) / 60));
  const lost = minutes.reduce((sum, one) => sum + one.drops, 0);
  return (
    <dl class="figs">
      <Fig label={t("rate_now")} value={said ? rate(said.bits_per_second) : "?"}>
        {said ? t("packets_per_second", { n: said.packets_per_second }) : t("sensor_nothing_yet")}
      </Fig>
      <Fig label={t("rate_peak")} value={rate(peak)}>
        {t("in_period")}
      </Fig>
      <Fig label={t("drops_period")} value={count(lost)} tone={lost ? "unmet" : undefined}>
        {t(lost ? "drops_some" : "drops_none")}
      </Fig>
      <Fig
        label={t("flows_period")}
        value={count(minutes.reduce((sum, one) => sum + one.flows, 0))}
      >
        {t("in_period")}
      </Fig>
      <Fig label={t("archive")} value={said ? bytes(said.archive.bytes) : "?"}>
        {said?.archive.first_at
          ? t("archive_since", { at: full(said.archive.first_at) })
          : t("archive_empty")}
      </Fig>
    </dl>
  );
}

const tooNew = (last: Bucket) => last.value === null && Date.now() - last.at < 3 * MINUTE;

/** Bits a second in each step of which the sensor reported at least one minute. */
function ratesOf(minutes: Minute[], hours: number, step: number): Bucket[] {
  const to = Date.now() - (Date.now() % (step * MINUTE)) + (step > 1 ? step * MINUTE : 0);
  const axis = { from: to - hours * 60 * MINUTE, to };
  const told = new Map<number, { minutes: number; drops: number }>();
  for (const one of minutes) {
    const at = Math.floor(Date.parse(one.at) / (step * MINUTE)) * step * MINUTE;
    const sum = told.get(at) ?? { minutes: 0, drops: 0 };
    told.set(at, { minutes: sum.minutes + 1, drops: sum.drops + one.drops });
  }
  const rows = minutes.map((one) => ({ at: Date.parse(one.at), value: one.bytes * 8 }));
  const buckets = bucketed(rows, axis, step * MINUTE, () => false).map((one) => {
    const sum = told.get(one.at);
    return sum && one.value !== null
      ? { at: one.at, value: one.value / (sum.minutes * 60), lost: sum.drops > 0 }
      : { ...one, value: null };
  });
  // what the sensor had no time to tell yet is not a gap
  while (buckets.length > 1 && tooNew(buckets[buckets.length - 1]!)) buckets.pop();
  return buckets;
}

function RateCard({ minutes, hours }: { minutes: Minute[]; hours: number }) {
  const step = spans.find(([span]) => span === hours)?.[1] ?? 5;
  const buckets = ratesOf(minutes, hours, step);
  const gaps = buckets.filter((one) => one.value === null).length;
  return (
    <Card
      title={t("rate_over_time")}
      note={
        <span class="legend-line">
          <i class="key b1" /> {t("rate_key")} <i class="key b2" /> {t("drops_key")}{" "}
          <i class="key gap" /> {t("chart_gap")}
        </span>
      }
      acts={
        <div class="seg" role="group" aria-label={t("rate_span")}>
          {spans.map(([span]) => (
            <button
              key={span}
              type="button"
              aria-pressed={span === hours}
              onClick={() => filter({ hours: String(span) })}
            >
              {span < 48 ? t("hours_n", { n: span }) : t("days_n", { n: span / 24 })}
            </button>
          ))}
        </div>
      }
    >
      <AreaChart
        buckets={buckets}
        step={step * MINUTE}
        unit={rate}
        label={t("rate_alt", {
          peak: rate(Math.max(0, ...buckets.map((one) => one.value ?? 0))),
          gap: Math.round((gaps / buckets.length) * 100),
        })}
      />
    </Card>
  );
}

function UnitsCard({ rows }: { rows: UnitTraffic[] }) {
  return (
    <Card title={t("traffic_by_unit")} note={t("talkers_note")} flush>
      {rows.length ? (
        <Table
          rows={rows}
          rowKey={(one) => one.unit?.id ?? ""}
          label={t("traffic_by_unit")}
          columns={[
            {
              head: t("unit"),
              cell: (one) =>
                one.unit ? (
                  <a href={link("unit", one.unit.id)}>
                    <b>{one.unit.name}</b>
                  </a>
                ) : (
                  t("unit_unknown")
                ),
            },
            { head: t("hosts"), fold: t("hosts"), num: true, cell: (one) => count(one.hosts) },
            { head: t("flows"), fold: t("flows"), num: true, cell: (one) => count(one.flows) },
            {
              head: t("traffic_amount"),
              fold: t("traffic_amount"),
              num: true,
              cell: (one) => <InOut sent={one.bytes_out} got={one.bytes_in} />,
            },
          ]}
        />
      ) : (
        <Empty icon="home" title={t("talkers_none")} />
      )}
    </Card>
  );
}

function TalkersCard({ rows, at }: { rows: Talker[]; at?: string | null }) {
  return (
    <Card title={t("talkers")} note={at ? t("talkers_at", { at: moment(at) }) : ""} flush>
      {rows.length ? (
        <Table
          rows={rows}
          rowKey={(one) => one.host}
          label={t("talkers")}
          columns={[
            { head: t("machine"), cell: (one) => <Host of={one} host={one.host} /> },
            { head: t("unit"), fold: t("unit"), cell: (one) => <UnitName of={one} /> },
            { head: t("flows"), fold: t("flows"), num: true, cell: (one) => count(one.flows) },
            {
              head: t("traffic_amount"),
              fold: t("traffic_amount"),
              num: true,
              cell: (one) => <InOut sent={one.bytes_out} got={one.bytes_in} />,
            },
          ]}
        />
      ) : (
        <Empty icon="pc" title={t("talkers_none")} />
      )}
    </Card>
  );
}

function Body({ sensor, hours }: { sensor: Sensor; hours: number }) {
  // to the minute, so that the address asked for stays the same between two looks
  const [since] = useState(() => Date.now() - (Date.now() % MINUTE));
  const from = new Date(since - hours * 60 * MINUTE).toISOString().replace(".000Z", "Z");
  const loaded = useGet<Traffic>(
    `/sensors/${encodeURIComponent(sensor.id)}/traffic?since=${encodeURIComponent(from)}`,
    ["machine", "traffic"],
  );
  return (
    <Wait of={loaded}>
      {(data) => (
        <>
          <SensorNotes sensor={data.sensor} />
          <Figures sensor={data.sensor} minutes={data.minutes} />
          <RateCard minutes={data.minutes} hours={hours} />
          <div class="two">
            <UnitsCard rows={data.units} />
            <TalkersCard rows={data.talkers} at={data.talkers_at} />
          </div>
        </>
      )}
    </Wait>
  );
}

export function TrafficPage() {
  const { query } = useStore(route);
  const sensors = useGet<{ sensors: Sensor[] }>("/sensors", ["machine", "traffic"]);
  const alerts = useGet<{ alerts: Alert[]; total: number }>("/alerts", ["finding", "traffic"]);
  const office = useStore(session)?.account?.role !== "unit";
  const [enrolling, setEnrolling] = useState(false);
  usePoll(true, sensors.reload, SILENCE_MS);
  const watched = sensors.data?.sensors.some((one) => one.state === "active") ?? false;
  const hours = spans.some(([span]) => String(span) === query.hours) ? Number(query.hours) : 6;
  return (
    <Page
      title={t("nav_traffic")}
      sub={t("traffic_sub")}
      acts={
        <>
          <a class="btn" href={link("trace")}>
            <Icon name="swap" />
            {t("nav_trace")}
          </a>
          <a class="btn" href={link("hunt")}>
            <Icon name="back" />
            {t("nav_hunt")}
          </a>
          {office && (
            <button class="btn go" type="button" onClick={() => setEnrolling(true)}>
              <Icon name="plus" />
              {t("sensor_enrol")}
            </button>
          )}
        </>
      }
    >
      <Wait of={sensors}>
        {(data) => {
          const chosen = data.sensors.find((one) => one.id === query.sensor) ?? data.sensors[0];
          if (!chosen && !office) return <p class="muted">{t("sensors_above")}</p>;
          if (!chosen)
            return (
              <Empty icon="wave" title={t("sensors_none")}>
                {t("sensors_none_do")}
              </Empty>
            );
          return (
            <>
              <SensorTable sensors={data.sensors} chosen={chosen.id} />
              <Body key={chosen.id} sensor={chosen} hours={hours} />
            </>
          );
        }}
      </Wait>
      <Wait of={alerts}>
        {(data) => <AlertsCard alerts={data.alerts} total={data.total} watched={watched} />}
      </Wait>
      {enrolling && <EnrolSensor onClose={() => setEnrolling(false)} />}
    </Page>
  );
}
