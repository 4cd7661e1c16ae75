// Times: UTC from the server, the office's own on the screen, whatever zone the browser is set to,
// so that page and printed report name the same day; dd/mm/yyyy and 24 hours in both languages.
// SPDX-License-Identifier: Apache-2.0
import { t } from "../words";
import type { Maybe } from "./types";

export const DAY_MS = 86_400_000;
export const LATE_COUNTED = 60;
const OFFICE_MS = 7 * 3_600_000; // Việt Nam: UTC+7 all year

const two = (n: number) => String(n).padStart(2, "0");

function officeDay(y: number, m: number, d: number): Date {
  return new Date(Date.UTC(y, m - 1, d) - OFFICE_MS);
}

/** What the office's clock and calendar show, to be read by the getUTC… calls. */
function wall(at: Date): Date {
  return new Date(at.getTime() + OFFICE_MS);
}

function parse(at: Maybe<string>): Date | null {
  if (!at) return null;
  // a bare date ("2024-01-15") is a day, not midnight in Greenwich
  const day = /^(\d{4})-(\d\d)-(\d\d)$/.exec(at);
  const time = day ? officeDay(Number(day[1]), Number(day[2]), Number(day[3])) : new Date(at);
  // the first day of 1970 is how a row says "since ever"
  return Number.isNaN(time.getTime()) || time.getTime() < DAY_MS ? null : time;
}

export function clock(at: Date): string {
  const d = wall(at);
  return two(d.getUTCHours()) + ":" + two(d.getUTCMinutes());
}

export function dayMonth(at: Maybe<string>): string {
  const d = parse(at);
  return d ? two(wall(d).getUTCDate()) + "/" + two(wall(d).getUTCMonth() + 1) : "";
}

export function day(at: Maybe<string>): string {
  const d = parse(at);
  return d ? dayMonth(at) + "/" + wall(d).getUTCFullYear() : "";
}

/** "14:30" today, "28/01 14:30" this year, "28/01/2026 14:30" before. */
export function moment(at: Maybe<string>): string {
  const d = parse(at);
  if (!d) return "–";
  const now = new Date();
  if (daysBetween(d, now) === 0) return clock(d);
  const thisYear = wall(d).getUTCFullYear() === wall(now).getUTCFullYear();
  return (thisYear ? dayMonth(at) : day(at)) + " " + clock(d);
}

export function full(at: Maybe<string>): string {
  const d = parse(at);
  return d ? day(at) + " " + clock(d) : "–";
}

/** To the second: where several machines share an address, seconds tell them apart. */
export function exact(at: Maybe<string>): string {
  const d = parse(at);
  return d ? full(at) + ":" + two(d.getUTCSeconds()) : "–";
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

/** "trễ 3 ngày"; a campaign long over names the day instead of a thousand days. */
export function late(days: number): string {
  if (days <= LATE_COUNTED) return t("late_days", { n: days });
  return t("late_since", { at: day(new Date(Date.now() - days * DAY_MS).toISOString()) });
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
  const count = (d: Date) => Math.floor(wall(d).getTime() / DAY_MS);
  return count(b) - count(a);
}

export function dateOf(at: Maybe<string>): Date | null {
  return parse(at);
}

/** For <input type="date">: today or so many days on. */
export function inputDay(plusDays = 0): string {
  return wall(new Date(Date.now() + plusDays * DAY_MS)).toISOString().slice(0, 10);
}

/** What came from the API, for <input type="date">; "" for no day. */
export function dateInput(at: Maybe<string>): string {
  return day(at).split("/").reverse().join("-");
}

/** The end of a local day as the API wants it (RFC 3339 UTC). */
export function endOfDay(value: string): string {
  const [y = 0, m = 1, d = 1] = value.split("-").map(Number);
  const end = officeDay(y, m, d).getTime() + DAY_MS - 1000;
  return new Date(end).toISOString().replace(".000Z", "Z");
}

export function startOfDay(value: string): string {
  const [y = 0, m = 1, d = 1] = value.split("-").map(Number);
  return officeDay(y, m, d).toISOString().replace(".000Z", "Z");
}

/** A day and a time of the office's clock as the API wants them. */
export function officeTime(date: string, time: string): string {
  const [y = 0, m = 1, d = 1] = date.split("-").map(Number);
  const [h = 0, min = 0, s = 0] = time.split(":").map(Number);
  const at = officeDay(y, m, d).getTime() + ((h * 60 + min) * 60 + s) * 1000;
  return new Date(at).toISOString().replace(".000Z", "Z");
}
