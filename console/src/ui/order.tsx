// What sensors are asked (a hunt, a trace, whom a machine talked to) and how far they are: followed
// as news comes, stopped, and with the hours in which nobody watched.
// SPDX-License-Identifier: Apache-2.0
import { call } from "../app/api";
import { useGet, type Loaded } from "../app/live";
import { full } from "../app/time";
import type { Coverage, Order, OrderState } from "../app/traffic_types";
import type { Topic } from "../app/types";
import { count, t, tMaybe } from "../words";
import type { Axis } from "./chart";
import { useAct } from "./dialog";
import { Icon } from "./icon";
import { Note, St, type Tone } from "./marks";

const GAPS_SHOWN = 4;
const topics: Topic[] = ["traffic", "finding", "machine"];

export const isRunning = (one?: { state: OrderState }) =>
  one?.state === "waiting" || one?.state === "running";

export interface Following<O> extends Loaded<O> {
  path: string;
  stop: () => void;
  act: ReturnType<typeof useAct>;
}

/** One order; the centre tells of each part of its answer. Without an id nothing is asked. */
export function useOrder<O extends Order>(kind: "hunts" | "traces" | "shows", id?: string): Following<O> {
  const path = "/" + kind + "/" + encodeURIComponent(id ?? "");
  const loaded = useGet<O>(id ? path : null, topics);
  const act = useAct();
  const stop = () => void act.run(() => call("DELETE", path).then(loaded.reload));
  return { ...loaded, path, act, stop };
}

/** Those asked before, the newest first. */
export const useOrders = <L,>(kind: "hunts" | "traces"): Loaded<L> => useGet<L>("/" + kind, topics);

export function StopButton({ of, small }: { of: Following<Order>; small?: boolean }) {
  if (!isRunning(of.data)) return null;
  return (
    <button class={"btn" + (small ? " small" : "")} type="button" disabled={of.act.busy} onClick={of.stop}>
      <Icon name="x" />
      {t("stop")}
    </button>
  );
}

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

/** What of the archive has been read, in all, and by each sensor. */
export function Progress({
  order,
  words,
}: {
  order: Order & { coverage?: Coverage };
  words: string;
}) {
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
              <b>{one.sensor.name}</b>{" "}
              <span class="muted">
                {partWords(one.state, one.detail)}
                {watchedWords(order.coverage, one.sensor.id)}
              </span>
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

/** A sensor that slept is told by itself: another may have watched another office. */
function watchedWords(cover: Coverage | undefined, sensor: string): string {
  const one = cover?.sensors.find((part) => part.id === sensor);
  return one && one.percent < 100 ? " · " + t("cover_sensor", { n: one.percent }) : "";
}

function partWords(state: OrderState, detail: string): string {
  return tMaybe("traffic_state_", state) + (detail ? " · " + detail : "");
}

export const gapsOf = (cover: Coverage): Axis[] =>
  cover.gaps.map((gap) => ({ from: Date.parse(gap.since), to: Date.parse(gap.until) }));

/** "Not seen" is told from "did not happen"; nothing to say where all of it was watched. */
export function CoverNote({ cover }: { cover: Coverage }) {
  const hidden = cover.gaps.length - GAPS_SHOWN + cover.more;
  if (!cover.gaps.length && cover.percent > 0) return null;
  return (
    <Note
      tone="unknown"
      title={cover.percent > 0 ? t("cover_part", { n: cover.percent }) : t("cover_none")}
    >
      <p>{t(cover.percent > 0 ? "cover_when" : "cover_note")}</p>
      {cover.percent > 0 && (
        <ul class="lines small">
          {cover.gaps.slice(0, GAPS_SHOWN).map((gap) => (
            <li key={gap.since}>
              {full(gap.since)} – {full(gap.until)}
            </li>
          ))}
          {hidden > 0 && <li>{t("cover_more", { n: hidden })}</li>}
        </ul>
      )}
    </Note>
  );
}
