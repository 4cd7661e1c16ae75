// First run: an empty office names itself and makes its first administrator. Needs the code that
// the program printed.
// SPDX-License-Identifier: Apache-2.0
import { useEffect } from "preact/hooks";
import { call, session } from "../app/api";
import type { Session } from "../app/types";
import { Field, useAct } from "../ui/dialog";
import { Mark } from "../ui/icon";
import { LanguageSwitch, ThemeSwitch } from "../ui/shell";
import { ProblemNote } from "../ui/states";
import { t } from "../words";

const texts = [
  "code",
  "office_name",
  "parent_name",
  "place",
  "hotline",
  "login",
  "name",
  "password",
] as const;

export function FirstRunPage() {
  const act = useAct();
  useEffect(() => {
    document.title = t("first_run") + " · Canh";
  }, []);
  const submit = (event: Event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const body: Record<string, unknown> = {};
    for (const name of texts) body[name] = String(form.get(name) ?? "").trim();
    body.password = form.get("password");
    if (form.get("pack")) body.pack = "tet-2024";
    void act.run(async () =>
      session.set(await call<Session>("POST", "/first-run", body, { quiet: true })),
    );
  };
  return (
    <main class="alone" id="main">
      <div class="alone-top">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
      <form class="card form first" onSubmit={submit}>
        <div class="brand">
          <Mark />
          <b>Canh</b>
        </div>
        <h1>{t("first_run")}</h1>
        <p class="muted">{t("first_run_intro")}</p>
        <Field label={t("first_code")} hint={t("first_code_hint")}>
          <input
            type="text"
            class="mono"
            name="code"
            required
            autocomplete="off"
            spellcheck={false}
          />
        </Field>
        <fieldset>
          <legend>{t("first_office")}</legend>
          <Field label={t("office_name")}>
            <input type="text" name="office_name" required placeholder={t("office_name_like")} />
          </Field>
          <Field label={t("parent_name")} hint={t("parent_name_hint")}>
            <input type="text" name="parent_name" />
          </Field>
          <Field label={t("place")} hint={t("place_hint")}>
            <input type="text" name="place" required />
          </Field>
          <Field label={t("hotline")}>
            <input type="tel" name="hotline" autocomplete="tel" />
          </Field>
        </fieldset>
        <fieldset>
          <legend>{t("first_admin")}</legend>
          <Field label={t("person_name")}>
            <input type="text" name="name" required autocomplete="name" />
          </Field>
          <Field label={t("login")}>
            <input
              type="text"
              name="login"
              required
              autocomplete="username"
              spellcheck={false}
              autocapitalize="none"
            />
          </Field>
          <Field label={t("password")} hint={t("password_rule")}>
            <input
              type="password"
              name="password"
              required
              minLength={10}
              autocomplete="new-password"
            />
          </Field>
        </fieldset>
        <label class="pick">
          <input type="checkbox" name="pack" checked />
          <span>
            {t("first_pack")}
            <small class="hint">{t("first_pack_hint")}</small>
          </span>
        </label>
        {act.problem && <ProblemNote problem={act.problem} />}
        <button class="btn go big" type="submit" disabled={act.busy}>
          {t("first_go")}
        </button>
      </form>
    </main>
  );
}
