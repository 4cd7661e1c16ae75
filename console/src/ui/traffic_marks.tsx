// Small parts that the pages over traffic share: whose address it is, how much, when.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from "preact/hooks";
import { link } from "../app/route";
import { full, moment } from "../app/time";
import type { Hunt, Placed } from "../app/traffic_types";
import { bytes, t } from "../words";
import { Icon } from "./icon";

/** Asks again by the clock: for what changes without news, such as silence. */
export function usePoll(on: boolean, reload: () => void, ms: number): void {
  const now = useRef(reload);
  now.current = reload;
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => now.current(), ms);
    return () => clearInterval(timer);
  }, [on, ms]);
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

export function huntPeriod(hunt: Pick<Hunt, "since" | "until">): string {
  if (!hunt.since && !hunt.until) return t("hunt_all_time");
  const from = hunt.since ? full(hunt.since) : t("hunt_from_start");
  return from + " – " + (hunt.until ? full(hunt.until) : t("hunt_to_now"));
}
