// Sign-in. After a session that ended under our feet, the page goes on where it was.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from "preact/hooks";
import { call, ended, session } from "../app/api";
import { language, languageChosen } from "../app/prefs";
import { useStore } from "../app/store";
import type { Session } from "../app/types";
import { Field, useAct } from "../ui/dialog";
import { Mark } from "../ui/icon";
import { Note } from "../ui/marks";
import { LanguageSwitch, ThemeSwitch } from "../ui/shell";
import { ProblemNote } from "../ui/states";
import { t } from "../words";

export function SignInPage() {
  const act = useAct();
  const over = useStore(ended);
  const office = useStore(session)?.office;
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = t("sign_in") + " · Canh";
    first.current?.focus();
  }, []);
  const submit = (event: Event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    void act.run(async () => {
      const body = { login: form.get("login"), password: form.get("password") };
      const found = await call<Session>("POST", "/session", body, { quiet: true });
      if (!languageChosen && found.language) language.set(found.language);
      ended.set(false);
      session.set(found);
    });
  };
  return (
    <main class="alone" id="main">
      <div class="alone-top">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
      <form class="card form sign" onSubmit={submit}>
        <div class="brand">
          <Mark />
          <b>Canh</b>
        </div>
        <h1>{t("sign_in")}</h1>
        {office?.name && <p class="muted">{office.name}</p>}
        {over && (
          <Note tone="soon" title={t("session_over")}>
            <p>{t("session_over_do")}</p>
          </Note>
        )}
        <Field label={t("login")}>
          <input
            ref={first}
            type="text"
            name="login"
            autocomplete="username"
            required
            spellcheck={false}
            autocapitalize="none"
          />
        </Field>
        <Field label={t("password")}>
          <input type="password" name="password" autocomplete="current-password" required />
        </Field>
        {act.problem && <ProblemNote problem={act.problem} />}
        <button class="btn go big" type="submit" disabled={act.busy}>
          {t("sign_in")}
        </button>
        {office?.hotline && (
          <p class="hint">
            {t("hotline")}: <b>{office.hotline}</b>
          </p>
        )}
      </form>
    </main>
  );
}
