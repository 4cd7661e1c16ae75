// Small parts that the pages over traffic share: whose address it is, how an order
// goes, how it is followed.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from "preact/hooks";
import { link } from "../app/route";
import { full, moment } from "../app/time";
import type { Hunt, Order, OrderState, Placed, Sensor } from "../app/traffic_types";
import { bytes, count, t, tMaybe } from "../words";
import { Icon } from "./icon";
import { St, type Tone } from "./marks";

const POLL_MS = 2000;

/** Asks again while something runs; the page also hears of changes by itself. */
export function usePoll(on: boolean, reload: () => void, ms = POLL_MS): void {
  const now = useRef(reload);
  now.current = reload;
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => now.current(), ms);
    return () => clearInterval(timer);
  }, [on, ms]);
}

export const isRunning = (one?: { state: OrderState }) =>
  one?.state === "waiting" || one?.state === "running";

const orderTones: Record<OrderState, Tone> = {
  waiting: "soon",
  running: "info",
  done: "met",
  failed: "unmet",
  cancelled: "na",
};

export function OrderSt({ state }: { state: OrderState }) {
  return (
    <St tone={orderTones[state]} icon={state === "running" ? "wave" : undefined}>
      {tMaybe("traffic_state_", state)}
    </St>
  );
}

const wrapOf = (host: string) => (host.includes(":") ? "break" : "nowrap");

/** The machine where it is known; the address always. */
export function Host({ of, host }: { of: Placed; host: string }) {
  return (
    <>
      {of.machine ? (
        <a href={link("machine", of.machine.id)}>
          <b>{of.machine.name}</b>
        </a>
      ) : (
        <b class={"mono " + wrapOf(host)}>{host}</b>
      )}
      {of.machine && <small class={"mono " + wrapOf(host)}>{host}</small>}
    </>
  );
}

export function UnitName({ of }: { of: Placed }) {
  return of.unit ? (
    <a href={link("unit", of.unit.id)}>{of.unit.name}</a>
  ) : (
    <span class="hint">{t("unit_unknown")}</span>
  );
}

export function Moments({ first, last }: { first: string; last: string }) {
  return (
    <span title={full(first) + " – " + full(last)}>
      {moment(first)}
      <small>{t("traffic_last_at", { at: moment(last) })}</small>
    </span>
  );
}

export function InOut({ sent, got }: { sent: number; got: number }) {
  return (
    <span class="nowrap">
      <Icon name="up" small />
      <span class="sr">{t("traffic_sent")}</span> {bytes(sent)}
      <small>
        <Icon name="down" small />
        <span class="sr">{t("traffic_got")}</span> {bytes(got)}
      </small>
    </span>
  );
}

/** What of the archive has been read, in all, and by each sensor. */
export function Progress({ order, words }: { order: Order; words: string }) {
  const share = order.total ? order.done / order.total : order.state === "done" ? 1 : 0;
  const failed = order.sensors.filter((one) => one.state === "failed").length;
  return (
    <section class="card progress" role="status">
      <div class="in">
        <p>
          <OrderSt state={order.state} /> <b>{words}</b>{" "}
          {order.total > 0 && (
            <span class="muted small">
              {t("traffic_progress", { n: order.done, of: order.total })}
            </span>
          )}
        </p>
        <svg
          class="bar"
          viewBox="0 0 100 8"
          preserveAspectRatio="none"
          role="img"
          aria-label={Math.round(share * 100) + " %"}
        >
          <rect class="bar-ground" width="100" height="8" />
          <rect class={isRunning(order) ? "bar-soon" : "bar-act"} width={share * 100} height="8" />
        </svg>
        <ul class="lines small">
          {order.sensors.map((one) => (
            <li key={one.sensor.id}>
              <b>{one.sensor.name}</b> <span class="muted">{partWords(one.state, one.detail)}</span>
              {one.total > 0 && one.state === "running"
                ? ` ${count(one.done)}/${count(one.total)}`
                : ""}
            </li>
          ))}
        </ul>
        {failed > 0 && <p class="small txt unmet">{t("traffic_parts_failed", { n: failed })}</p>}
      </div>
    </section>
  );
}

function partWords(state: OrderState, detail: string): string {
  return tMaybe("traffic_state_", state) + (detail ? " · " + detail : "");
}

/**
 * From when to when a sensor has data: what it sealed, and what it has not sealed yet. Null where
 * it told nothing.
 */
export function keptBy(sensor: Sensor): { from: number; to: number } | null {
  const said = sensor.status;
  if (!said) return null;
  return {
    from: Date.parse(said.archive.first_at ?? said.since),
    to: Math.max(Date.parse(said.archive.last_at ?? said.at), Date.parse(said.at)),
  };
}

export function huntPeriod(hunt: Pick<Hunt, "since" | "until">): string {
  if (!hunt.since && !hunt.until) return t("hunt_all_time");
  const from = hunt.since ? full(hunt.since) : t("hunt_from_start");
  return from + " – " + (hunt.until ? full(hunt.until) : t("hunt_to_now"));
}
