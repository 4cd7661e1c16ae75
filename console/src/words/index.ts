// Words on the screen: {name} is filled in, {n|one|many} chooses an English plural.
// SPDX-License-Identifier: Apache-2.0
import { language } from "../app/prefs";
import type { Maybe, T } from "../app/types";
import { words, type Word } from "./catalogue";

export { words, type Word };
export type Fill = Record<string, string | number>;

export function fill(sentence: string, values: Fill): string {
  return sentence.replace(
    /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g,
    (whole, name: string, one, many) => {
      const value = values[name];
      if (one !== undefined) return Number(value) === 1 ? one : many;
      if (value === undefined) return whole;
      return typeof value === "number" ? count(value) : value;
    },
  );
}

export function t(word: Word, values: Fill = {}): string {
  const pair = words[word];
  return fill(language.get() === "en" ? pair[1] : pair[0], values);
}

/**
 * A word whose key is made from data ("finding_state_" + state); what we do not know is shown as
 * it came.
 */
export function tMaybe(prefix: string, value: Maybe<string>): string {
  if (!value) return "";
  const key = (prefix + value.replace(/-/g, "_")) as Word;
  return key in words ? t(key) : value;
}

export function both(text: Maybe<T>): string {
  if (!text) return "";
  return language.get() === "en" ? text.en || text.vi : text.vi || text.en;
}

/** 214308 → "214 308" (vi) or "214,308" (en), with a space that does not break. */
export function count(n: number): string {
  const mark = language.get() === "en" ? "," : "\u00a0";
  const [whole = "", part] = String(Math.abs(n)).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, mark);
  return (n < 0 ? "−" : "") + grouped + (part ? (language.get() === "en" ? "." : ",") + part : "");
}

export function bytes(n: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let at = 0;
  while (n >= 1024 && at < units.length - 1) {
    n /= 1024;
    at++;
  }
  return (
    count(at === 0 || n >= 100 ? Math.round(n) : Math.round(n * 10) / 10) + "\u00a0" + units[at]
  );
}
