// Change one's password; asked for at once after a one-time password.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { Problem, call, get, session } from "../app/api";
import { go, link } from "../app/route";
import type { Session } from "../app/types";
import { Field, useAct } from "../ui/dialog";
import { Note } from "../ui/marks";
import { Page } from "../ui/page";
import { ProblemNote } from "../ui/states";
import { t } from "../words";

export function PasswordPage({ must }: { must?: boolean }) {
  const act = useAct();
  const [done, setDone] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    const from = event.currentTarget as HTMLFormElement;
    const form = new FormData(from);
    void act.run(async () => {
      if (form.get("new") !== form.get("again"))
        throw new Problem(400, "differ", t("password_differ"));
      await call(
        "POST",
        "/session/password",
        { old: form.get("old"), new: form.get("new") },
        { quiet: true },
      );
      from.reset();
      setDone(true);
      session.set(await get<Session>("/session"));
      if (must) go(link("matrix"));
    });
  };
  return (
    <Page title={t("password_change")} sub={must ? t("password_must") : undefined}>
      <form class="card form narrow" onSubmit={submit}>
        {done && <Note tone="met" title={t("password_done")} live />}
        <Field label={t("password_old")}>
          <input type="password" name="old" required autocomplete="current-password" />
        </Field>
        <Field label={t("password_new")} hint={t("password_rule")}>
          <input type="password" name="new" required minLength={10} autocomplete="new-password" />
        </Field>
        <Field label={t("password_again")}>
          <input type="password" name="again" required minLength={10} autocomplete="new-password" />
        </Field>
        {act.problem && <ProblemNote problem={act.problem} />}
        <div class="acts">
          <button class="btn go" type="submit" disabled={act.busy}>
            {t("save")}
          </button>
        </div>
      </form>
    </Page>
  );
}
