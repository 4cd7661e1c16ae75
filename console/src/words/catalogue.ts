// The one catalogue: vi.json and en.json, the same keys and the same {places}; a key that one
// lacks does not compile.
// The build joins the two into pairs, so that the page carries each key once (build.mjs).
// SPDX-License-Identifier: Apache-2.0
import en from "./en.json";
import vi from "./vi.json";

export type Word = keyof typeof vi;
const english: Record<Word, string> = en;
const vietnamese: Record<keyof typeof en, string> = vi;

export const words = Object.fromEntries(
  (Object.keys(vi) as Word[]).map((key) => [key, [vietnamese[key], english[key]]]),
) as Record<Word, [string, string]>;
