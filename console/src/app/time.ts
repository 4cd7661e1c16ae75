// Times: UTC from the server, local on the screen; dd/mm/yyyy and 24 hours in both languages.
// SPDX-License-Identifier: Apache-2.0
import { t } from "../words";
import type { Maybe } from "./types";

export const DAY_MS = 86_400_000;

const two = (n: number) => String(n).padStart(2, "0");

function parse(at: Maybe<string>): Date | null {
  if (!at) return null;
  // a bare date ("2024-01-15") is a day, not midnight in Greenwich
  const day = /^(\d{4})-(\d\d)-(\d\d)$/.exec(at);
  const time = day ? new Date(Number(day[1]), Number(day[2]) - 1, Number(day[3])) : new Date(at);
  // the first day of 1970 is how a row says "since ever"
  return Number.isNaN(time.getTime()) || time.getTime() < DAY_MS ? null : time;
}

export function clock(at: Date): string {
  return two(at.getHours()) + ":" + two(at.getMinutes());
}

export function dayMonth(at: Maybe<string>): string {
  const d = parse(at);
  return d ? two(d.getDate()) + "/" + two(d.getMonth() + 1) : "";
}

export function day(at: Maybe<string>): string {
  const d = parse(at);
  return d ? dayMonth(at) + "/" + d.getFullYear() : "";
}

/** "14:30" today, "28/01 14:30" this year, "28/01/2026 14:30" before. */
export function moment(at: Maybe<string>): string {
  const d = parse(at);
  if (!d) return "–";
  const now = new Date();
  if (d.toDateString() === now.toDateString()) return clock(d);
  return (d.getFullYear() === now.getFullYear() ? dayMonth(at) : day(at)) + " " + clock(d);
}

export function full(at: Maybe<string>): string {
  const d = parse(at);
  return d ? day(at) + " " + clock(d) : "–";
}

/** "6 phút trước", "3 ngày trước". */
export function ago(at: Maybe<string>): string {
  const d = parse(at);
  if (!d) return t("never");
  const minutes = Math.floor((Date.now() - d.getTime()) / 60_000);
  if (minutes < 1) return t("ago_now");
  if (minutes < 60) return t("ago_minutes", { n: minutes });
  if (minutes < 48 * 60) return t("ago_hours", { n: Math.floor(minutes / 60) });
  return t("ago_days", { n: Math.floor(minutes / 1440) });
}

export function span(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return t("span_minutes", { n: minutes });
  if (minutes < 72 * 60)
    return t("span_hours", { h: Math.floor(minutes / 60), m: two(minutes % 60) });
  return t("span_days", { n: Math.floor(minutes / 1440) });
}


/** Whole days from a to b by the calendar, not by hours. */
export function daysBetween(a: Date, b: Date): number {
  const start = (d: Date) => Date.UTC(d.getFullYear(), d.getMonth(), d.getDate());
  return Math.round((start(b) - start(a)) / DAY_MS);
}

export function dateOf(at: Maybe<string>): Date | null {
  return parse(at);
}

/** For <input type="date">: today or so many days on. */
export function inputDay(plusDays = 0): string {
  const d = new Date(Date.now() + plusDays * DAY_MS);
  return d.getFullYear() + "-" + two(d.getMonth() + 1) + "-" + two(d.getDate());
}

/** The end of a local day as the API wants it (RFC 3339 UTC). */
export function endOfDay(value: string): string {
  const [y = 0, m = 1, d = 1] = value.split("-").map(Number);
  return new Date(y, m - 1, d, 23, 59, 59).toISOString().replace(".000Z", "Z");
}

export function startOfDay(value: string): string {
  const [y = 0, m = 1, d = 1] = value.split("-").map(Number);
  return new Date(y, m - 1, d).toISOString().replace(".000Z", "Z");
}
