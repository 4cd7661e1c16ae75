// The frame round every page: rail, top line, banner when cut off, palette, help.
// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { call, cutOff, ended, session } from "../app/api";
import { typing } from "../app/keys";
import { forgetAll, useGet } from "../app/live";
import { chooseLanguage, chooseTheme, language, theme, type Theme } from "../app/prefs";
import { go, link, route } from "../app/route";
import { useStore } from "../app/store";
import { clock } from "../app/time";
import type { Finding, Incident } from "../app/types";
import { t, tMaybe, type Word } from "../words";
import { Dialog } from "./dialog";
import { Icon, Mark, type IconName } from "./icon";
import { crumbs } from "./page";
import { Palette } from "./palette";

interface Place {
  page: string;
  word: Word;
  icon: IconName;
  phone?: boolean;
  admin?: boolean;
  also?: string[];
}

export const places: Place[] = [
  { page: "matrix", word: "nav_matrix", icon: "grid", phone: true },
  { page: "incidents", word: "nav_incidents", icon: "fire", phone: true, also: ["incident"] },
  { page: "findings", word: "nav_findings", icon: "inbox", also: ["capture"] },
  {
    page: "machines",
    word: "nav_machines",
    icon: "pc",
    phone: true,
    also: ["machine", "enrol", "offline"],
  },
  { page: "units", word: "nav_units", icon: "home", also: ["unit"] },
  { page: "lists", word: "nav_lists", icon: "list", also: ["list", "import", "feeds"] },
  { page: "traffic", word: "nav_traffic", icon: "net", also: ["trace"] },
  { page: "hunt", word: "nav_hunt", icon: "back" },
  { page: "reports", word: "nav_reports", icon: "doc", phone: true, also: ["report"] },
  { page: "accounts", word: "nav_accounts", icon: "person", admin: true },
  { page: "status", word: "nav_status", icon: "wave" },
];

export function visiblePlaces(): Place[] {
  const role = session.get()?.account?.role;
  return places.filter((place) => !place.admin || role === "administrator");
}

export async function signOut(): Promise<void> {
  await call("DELETE", "/session").catch(() => undefined);
  forgetAll();
  ended.set(false);
  session.set(await call("GET", "/session"));
}

const nextTheme: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const themeIcon: Record<Theme, IconName> = { system: "screen", light: "sun", dark: "moon" };

export function LanguageSwitch() {
  const now = useStore(language);
  return (
    <div class="seg" role="group" aria-label="Ngôn ngữ, Language">
      {(["vi", "en"] as const).map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          aria-pressed={now === one}
          onClick={() => chooseLanguage(one)}
          aria-label={one === "vi" ? "Tiếng Việt" : "English"}
        >
          {one.toUpperCase()}
        </button>
      ))}
    </div>
  );
}

export function ThemeSwitch() {
  const now = useStore(theme);
  const says = t("theme_now", { theme: tMaybe("theme_", now) });
  return (
    <button
      class="btn sq"
      type="button"
      aria-label={says}
      title={says}
      onClick={() => chooseTheme(nextTheme[now])}
    >
      <Icon name={themeIcon[now]} />
    </button>
  );
}

function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  return (
    (parts[0]?.[0] ?? "") + (parts.length > 1 ? (parts[parts.length - 1]?.[0] ?? "") : "")
  ).toUpperCase();
}

function Who() {
  const account = useStore(session)?.account;
  const [open, setOpen] = useState(false);
  if (!account) return null;
  return (
    <>
      <button
        class="who"
        type="button"
        onClick={() => setOpen(true)}
        aria-label={t("account_of", { name: account.name })}
      >
        <i aria-hidden="true">{initials(account.name)}</i>
        <span>
          {account.name}
          <small class="hint">
            {tMaybe("role_", account.role)}
            {account.unit ? ", " + account.unit.name : ""}
          </small>
        </span>
      </button>
      {open && (
        <Dialog title={account.name} onClose={() => setOpen(false)}>
          <p class="muted small">
            {account.login} · {tMaybe("role_", account.role)}
            {account.unit ? " · " + account.unit.name : ""}
          </p>
          <div class="acts stack-acts">
            <a class="btn" href={link("password")} onClick={() => setOpen(false)}>
              <Icon name="key" /> {t("password_change")}
            </a>
            <button class="btn" type="button" onClick={() => void signOut()}>
              <Icon name="out" /> {t("sign_out")}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function Rail({ here, onMore }: { here: string; onMore: () => void }) {
  const incidents = useGet<{ incidents: Incident[] }>("/incidents?state=open", ["incident"]).data
    ?.incidents;
  const findings = useGet<{ findings: Finding[] }>("/findings?state=open", ["finding"]).data
    ?.findings;
  const office = useStore(session)?.office;
  const hot: Record<string, number | undefined> = {
    incidents: incidents?.length,
    findings: findings?.length,
  };
  return (
    <nav class="rail" aria-label={t("nav_label")}>
      <a class="mark" href={link("matrix")} aria-label="Canh">
        <Mark />
        <b>Canh</b>
      </a>
      {visiblePlaces().map((place) => {
        const n = hot[place.page];
        const current = place.page === here || place.also?.includes(here);
        return (
          <a
            key={place.page}
            class={"nav" + (place.phone ? "" : " more-only")}
            href={link(place.page)}
            aria-current={current ? "page" : undefined}
            title={t(place.word)}
          >
            <Icon name={place.icon} />
            <span>{t(place.word)}</span>
            {n ? (
              <span class={"n" + (place.page === "incidents" ? " hot" : "")}>
                {n > 99 ? "99+" : n}
              </span>
            ) : null}
          </a>
        );
      })}
      <button class="nav only-phone" type="button" onClick={onMore}>
        <Icon name="menu" />
        <span>{t("nav_more")}</span>
      </button>
      {office?.hotline && (
        <div class="end">
          <Icon name="phone" small /> {t("hotline")}
          <br />
          <b>{office.hotline}</b>
        </div>
      )}
    </nav>
  );
}

function Top({ onFind }: { onFind: () => void }) {
  const path = useStore(crumbs);
  const last = path[path.length - 1];
  return (
    <header class="top">
      <div class="where">
        {path.slice(0, -1).map((crumb, n) => (
          <span key={n}>
            {crumb.href ? <a href={crumb.href}>{crumb.text}</a> : crumb.text}
            <i aria-hidden="true">/</i>
          </span>
        ))}
        <b>{last?.text}</b>
      </div>
      <button class="find" type="button" onClick={onFind} aria-label={t("find_all")}>
        <Icon name="find" />
        <span>{t("find_all")}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <LanguageSwitch />
      <ThemeSwitch />
      <Who />
    </header>
  );
}

function CutOffBanner() {
  const since = useStore(cutOff);
  if (!since) return null;
  return (
    <div class="banner" role="alert">
      <Icon name="link" /> <b>{t("cut_off")}</b>{" "}
      <span>{t("cut_off_since", { at: clock(since) })}</span>
    </div>
  );
}

const keyWords: [string, Word][] = [
  ["Ctrl K", "key_find"],
  ["j / k", "key_walk"],
  ["x", "key_tick"],
  ["Enter", "key_open"],
  ["Esc", "key_close"],
  ["/", "key_filter"],
  ["g", "key_matrix"],
  ["?", "key_help"],
];

function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("help_keys")} onClose={onClose}>
      <dl class="keys">
        {keyWords.map(([key, word]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(word)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

function More({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("nav_more")} onClose={onClose}>
      <nav class="more-list" aria-label={t("nav_more")}>
        {visiblePlaces()
          .filter((place) => !place.phone)
          .map((place) => (
            <a key={place.page} href={link(place.page)} onClick={onClose}>
              <Icon name={place.icon} /> {t(place.word)}
            </a>
          ))}
      </nav>
    </Dialog>
  );
}

type Over = "palette" | "help" | "more" | null;

function useGlobalKeys(show: (over: Over) => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        if (!document.querySelector("dialog[open]")) show("palette");
        return;
      }
      if (typing(event)) return;
      if (event.key === "?") show("help");
      else if (event.key === "g") go(link("matrix"));
      else if (event.key === "/") {
        const field = document.querySelector<HTMLInputElement>("[data-filter]");
        if (field) event.preventDefault();
        field?.focus();
      }
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [show]);
}

export function Shell({ children }: { children: ComponentChildren }) {
  const here = useStore(route);
  const [over, setOver] = useState<Over>(null);
  useGlobalKeys(setOver);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        {t("skip")}
      </a>
      <div class={"app " + here.page + "-page"}>
        <Rail here={here.page} onMore={() => setOver("more")} />
        <div>
          <Top onFind={() => setOver("palette")} />
          <CutOffBanner />
          {children}
        </div>
      </div>
      {over === "palette" && <Palette onClose={() => setOver(null)} />}
      {over === "help" && <Help onClose={() => setOver(null)} />}
      {over === "more" && <More onClose={() => setOver(null)} />}
    </>
  );
}
