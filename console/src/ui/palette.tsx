// Ctrl K: pages, acts and what the server's search finds, with or without accents.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from "preact/hooks";
import { get } from "../app/api";
import { matches } from "../app/fold";
import { chooseLanguage, chooseTheme, isDark, language } from "../app/prefs";
import { go, link } from "../app/route";
import type { SearchResult } from "../app/types";
import { t, tMaybe } from "../words";
import { Dialog } from "./dialog";
import { Icon, type IconName } from "./icon";
import { signOut, visiblePlaces } from "./shell";

interface Choice {
  key: string;
  icon: IconName;
  text: string;
  detail?: string;
  act: () => void;
}

const pageIcons: Record<string, IconName> = {
  machine: "pc",
  unit: "home",
  incident: "fire",
  list: "list",
  report: "doc",
  finding: "inbox",
};

function fixedChoices(): Choice[] {
  const to = (page: string) => () => go(link(page));
  return [
    ...visiblePlaces().map((place) => ({
      key: place.page,
      icon: place.icon,
      text: t(place.word),
      act: to(place.page),
    })),
    { key: "import", icon: "save", text: t("import_title"), act: to("import") },
    { key: "capture", icon: "net", text: t("capture_title"), act: to("capture") },
    { key: "enrol", icon: "plus", text: t("enrol_title"), act: to("enrol") },
    { key: "offline", icon: "usb", text: t("offline_title"), act: to("offline") },
    { key: "password", icon: "key", text: t("password_change"), act: to("password") },
    {
      key: "lang",
      icon: "swap",
      text: language.get() === "vi" ? "English" : "Tiếng Việt",
      act: () => chooseLanguage(language.get() === "vi" ? "en" : "vi"),
    },
    {
      key: "theme",
      icon: isDark() ? "sun" : "moon",
      text: t(isDark() ? "theme_to_light" : "theme_to_dark"),
      act: () => chooseTheme(isDark() ? "light" : "dark"),
    },
    { key: "out", icon: "out", text: t("sign_out"), act: () => void signOut() },
  ];
}

function useFound(text: string): { found: Choice[]; busy: boolean } {
  const [found, setFound] = useState<Choice[]>([]);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (text.trim().length < 2) return setFound([]);
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      setBusy(true);
      try {
        const { results } = await get<{ results: SearchResult[] }>("/search", {
          query: { q: text },
          signal: stop.signal,
        });
        setFound(
          results.map((one, n) => ({
            key: one.page + one.id + n,
            icon: pageIcons[one.page] ?? "right",
            text: one.title,
            detail: [tMaybe("thing_", one.page), one.detail].filter(Boolean).join(" · "),
            act: () =>
              go(
                one.page === "finding"
                  ? link("findings", "", { q: one.title })
                  : link(one.page, one.id),
              ),
          })),
        );
      } catch {
        if (!stop.signal.aborted) setFound([]);
      }
      if (!stop.signal.aborted) setBusy(false);
    }, 120);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  return { found, busy };
}

export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const { found, busy } = useFound(text);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const all = [
    ...found,
    ...fixedChoices().filter((choice) => !text || matches(choice.text, text)),
  ].slice(0, 30);
  const current = Math.min(at, all.length - 1);
  const choose = (choice: Choice | undefined) => {
    if (!choice) return;
    onClose();
    choice.act();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(current + 1, all.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(current - 1, 0));
    else if (event.key === "Enter") choose(all[current]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={t("find_all")} onClose={onClose} wide>
      <input
        ref={field}
        class="palette-field"
        type="text"
        role="combobox"
        aria-expanded="true"
        value={text}
        aria-controls="palette-list"
        aria-activedescendant={all[current] ? "p-" + current : undefined}
        aria-label={t("find_all")}
        placeholder={t("find_hint")}
        onKeyDown={press}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
      />
      <ul class="palette-list" id="palette-list" role="listbox" aria-label={t("find_all")}>
        {all.map((choice, n) => (
          <li
            key={choice.key}
            id={"p-" + n}
            role="option"
            aria-selected={n === current}
            onMouseMove={() => setAt(n)}
            onClick={() => choose(choice)}
          >
            <Icon name={choice.icon} />
            <span>
              {choice.text}
              {choice.detail && <small>{choice.detail}</small>}
            </span>
          </li>
        ))}
      </ul>
      {!all.length && !busy && <p class="muted small pad">{t("find_none", { q: text })}</p>}
    </Dialog>
  );
}
