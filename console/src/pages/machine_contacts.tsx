// What the sensors know of one machine: their alerts, and on demand whom it talked to, over time.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call } from "../app/api";
import { useGet } from "../app/live";
import { DAY_MS } from "../app/time";
import type { Alert, Sensor, ShowFlow, ShowPage } from "../app/traffic_types";
import type { MachinePage } from "../app/types";
import { AreaChart, bucketed, type Axis } from "../ui/chart";
import { useAct } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Note } from "../ui/marks";
import { CoverNote, OrderSt, StopButton, gapsOf, isRunning, useOrder } from "../ui/order";
import { Card } from "../ui/page";
import { Empty, ProblemNote } from "../ui/states";
import { Table } from "../ui/table";
import { InOut, Moments } from "../ui/traffic_marks";
import { bytes, count, t } from "../words";
import { AlertsCard } from "./traffic_alerts";

const STEPS = 120;
const spans = [1, 7, 30];

interface Peer {
  address: string;
  port: number;
  out: boolean; // this machine began
  protocol: string;
  flows: number;
  sent: number;
  got: number;
  first: string;
  last: string;
  names: string[];
}

/** The flows of a host by whom it talked to. */
function peersOf(show: ShowPage): Peer[] {
  const peers = new Map<string, Peer>();
  for (const flow of show.flows) {
    const out = flow.source === show.host;
    const address = out ? flow.destination : flow.source;
    const port = flow.destination_port; // the service: the other end's, or this machine's own
    const key = [address, port, flow.protocol, out].join(" ");
    const one = peers.get(key) ?? {
      address,
      port,
      out,
      protocol: flow.protocol,
      flows: 0,
      sent: 0,
      got: 0,
      first: flow.begin,
      last: flow.end,
      names: [
        ...new Set(show.names.filter((name) => name.peer === address).map((name) => name.name)),
      ].slice(0, 3),
    };
    one.flows++;
    one.sent += out ? flow.bytes_out : flow.bytes_in;
    one.got += out ? flow.bytes_in : flow.bytes_out;
    if (flow.begin < one.first) one.first = flow.begin;
    if (flow.end > one.last) one.last = flow.end;
    peers.set(key, one);
  }
  return [...peers.values()].sort((a, b) => b.sent + b.got - a.sent - a.got);
}

function Plot({
  flows,
  axis,
  seen,
}: {
  flows: ShowFlow[];
  axis: Axis;
  seen: (at: number) => boolean;
}) {
  const step = Math.max(60_000, Math.round((axis.to - axis.from) / STEPS / 60_000) * 60_000);
  const rows = flows.map((flow) => ({
    at: Date.parse(flow.begin),
    value: flow.bytes_out + flow.bytes_in,
  }));
  const buckets = bucketed(rows, axis, step, seen);
  return (
    <AreaChart
      buckets={buckets}
      step={step}
      unit={bytes}
      label={t("contacts_alt", { n: flows.length })}
    />
  );
}

function Result({ show, axis }: { show: ShowPage; axis: Axis }) {
  const gaps = gapsOf(show.coverage);
  const step = (axis.to - axis.from) / STEPS;
  // a step of which any part was watched was seen
  const seen = (at: number) => !gaps.some((gap) => gap.from <= at && gap.to >= at + step);
  const peers = peersOf(show);
  if (!peers.length)
    return isRunning(show) ? null : (
      <div class="in stack">
        <CoverNote cover={show.coverage} />
        <Empty icon="q" title={t("contacts_none")}>
          {t("contacts_none_note")}
        </Empty>
      </div>
    );
  return (
    <>
      {show.left_out > 0 && <Note tone="soon" title={t("hunt_left_out", { n: show.left_out })} />}
      <div class="in stack">
        <CoverNote cover={show.coverage} />
        <Plot flows={show.flows} axis={axis} seen={seen} />
      </div>
      <div class="tall">
        <Table
          rows={peers}
          rowKey={(one) => [one.address, one.port, one.protocol, one.out].join(" ")}
          label={t("contacts")}
          columns={[
            {
              head: t("remote"),
              cell: (one) => (
                <>
                  <b class="mono break">
                    {one.address}
                    {one.out && one.port ? ":" + one.port : ""}
                  </b>
                  <small class="break">
                    {[
                      one.protocol,
                      one.out ? "" : t("contacts_in", { port: String(one.port) }),
                      ...one.names,
                    ]
                      .filter(Boolean)
                      .join(" · ")}
                  </small>
                </>
              ),
            },
            { head: t("flows"), fold: t("flows"), num: true, cell: (one) => count(one.flows) },
            {
              head: t("traffic_amount"),
              fold: t("traffic_amount"),
              num: true,
              cell: (one) => <InOut sent={one.sent} got={one.got} />,
            },
            {
              head: t("traffic_since"),
              fold: t("traffic_since"),
              cell: (one) => <Moments first={one.first} last={one.last} />,
            },
          ]}
        />
      </div>
    </>
  );
}

function Contacts({ machine }: { machine: MachinePage }) {
  const act = useAct();
  const [asked, setAsked] = useState<{ id: string; axis: Axis; days: number }>();
  const loaded = useOrder<ShowPage>("shows", asked?.id);
  const addresses = machine.addresses.filter((one) => !/^(127\.|169\.254\.|fe80:|::1$)/i.test(one));
  const [host, setHost] = useState(addresses[0] ?? machine.addresses[0] ?? "");
  const look = (days: number) =>
    act.run(async () => {
      const to = Date.now();
      const since = new Date(to - days * DAY_MS).toISOString().replace(/\.\d+Z/, "Z");
      const { id } = await call<{ id: string }>("POST", "/shows", { host, since });
      setAsked({ id, axis: { from: to - days * DAY_MS, to }, days });
    });
  return (
    <Card
      title={t("contacts")}
      note={t("contacts_note")}
      flush
      id="contacts"
      acts={
        <>
          {loaded.data && isRunning(loaded.data) && <OrderSt state={loaded.data.state} />}
          <StopButton of={loaded} />
          {addresses.length > 1 && (
            <select
              aria-label={t("address")}
              value={host}
              onChange={(event) => {
                setHost(event.currentTarget.value);
                setAsked(undefined);
              }}
            >
              {addresses.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          )}
          <div class="seg" role="group" aria-label={t("contacts_look")}>
            {spans.map((days) => (
              <button
                key={days}
                type="button"
                disabled={act.busy}
                aria-pressed={asked?.days === days}
                onClick={() => void look(days)}
              >
                {t("days_n", { n: days })}
              </button>
            ))}
          </div>
        </>
      }
    >
      {(act.problem ?? loaded.problem) && (
        <ProblemNote problem={(act.problem ?? loaded.problem)!} />
      )}
      {asked && loaded.data ? (
        <Result show={loaded.data} axis={asked.axis} />
      ) : (
        <p class="in small muted">
          <Icon name="wave" small /> {t("contacts_ask", { host })}
        </p>
      )}
    </Card>
  );
}

/** Nothing where no sensor watches: the agent's own connections stand on the page already. */
export function MachineTraffic({ machine }: { machine: MachinePage }) {
  const sensors = useGet<{ sensors: Sensor[] }>("/sensors", ["machine"]).data?.sensors ?? [];
  const alerts = useGet<{ alerts: Alert[]; total: number }>(
    "/alerts?machine=" + encodeURIComponent(machine.id),
    ["finding"],
  ).data;
  if (!sensors.length) return null;
  return (
    <>
      {alerts && alerts.alerts.length > 0 && (
        <AlertsCard alerts={alerts.alerts} total={alerts.total} alone />
      )}
      {machine.addresses.length > 0 && <Contacts machine={machine} />}
    </>
  );
}
