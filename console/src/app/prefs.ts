// Language and theme: remembered by this browser, shown on <html>.
// SPDX-License-Identifier: Apache-2.0
import { store } from "./store";

export type Language = "vi" | "en";
export type Theme = "system" | "light" | "dark";

// A browser that keeps nothing (private window, full disk) still works: the choice lasts as long
// as the page.
function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    /* see above */
  }
}

const kept = recall("canh.language");
export const languageChosen = kept === "vi" || kept === "en";
export const language = store<Language>(kept === "en" ? "en" : "vi");
const keptTheme = recall("canh.theme");
export const theme = store<Theme>(
  keptTheme === "light" || keptTheme === "dark" ? keptTheme : "system",
);

const dark = matchMedia("(prefers-color-scheme: dark)");

export function isDark(): boolean {
  return theme.get() === "dark" || (theme.get() === "system" && dark.matches);
}

function paint(): void {
  const root = document.documentElement;
  root.lang = language.get();
  root.dataset.theme = isDark() ? "dark" : "light";
}

export function startPrefs(): void {
  paint();
  dark.addEventListener("change", paint);
  language.watch(paint);
  theme.watch(paint);
}

export function chooseLanguage(next: Language): void {
  keep("canh.language", next);
  language.set(next);
}

export function chooseTheme(next: Theme): void {
  keep("canh.theme", next);
  theme.set(next);
}
