// Enrol machines: a one-time token with the command to copy; or a kit for a machine without
// network.
// SPDX-License-Identifier: Apache-2.0
import { download } from "../app/api";
import { useGet } from "../app/live";
import { link, route } from "../app/route";
import { useStore } from "../app/store";
import type { Unit } from "../app/types";
import { Field, useAct } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Card, Page } from "../ui/page";
import { ProblemNote, Wait } from "../ui/states";
import { t } from "../words";
import { CopyBox, TokenForm, UnitSelect } from "./enrol_token";

function Line({ units, chosen }: { units: Unit[]; chosen?: string }) {
  return (
    <Card title={t("enrol_line")} note={t("enrol_line_note")}>
      <TokenForm units={units} chosen={chosen} several>
        {(token) => (
          <>
            <h3>{t("enrol_command")}</h3>
            <CopyBox text={token.command} label={t("enrol_command")} />
            <h3>{t("enrol_token")}</h3>
            <CopyBox text={token.token} label={t("enrol_token")} />
            <p class="small">
              {t("enrol_then")} <a href={link("machines")}>{t("machines")}</a>
            </p>
          </>
        )}
      </TokenForm>
    </Card>
  );
}

function KitForm({ units, chosen }: { units: Unit[]; chosen?: string }) {
  const act = useAct();
  const submit = (event: Event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    void act.run(() =>
      download("POST", "/check-kits", "canh-kit.json", {
        unit: form.get("unit"),
        days: Number(form.get("days")),
      }),
    );
  };
  return (
    <Card title={t("kit")} note={t("kit_note")}>
      <form class="form" onSubmit={submit}>
        <Field label={t("unit")}>
          <UnitSelect units={units} chosen={chosen} />
        </Field>
        <Field label={t("kit_days")}>
          <input type="number" name="days" min={1} max={90} defaultValue={14} required />
        </Field>
        {act.problem && <ProblemNote problem={act.problem} />}
        <div class="acts">
          <button class="btn" type="submit" disabled={act.busy}>
            <Icon name="usb" />
            {t("kit_save")}
          </button>
        </div>
      </form>
      <ol class="how">
        <li>{t("kit_step_1")}</li>
        <li>
          {t("kit_step_2")} <code>canh-agent check --kit canh-kit.json --out ket-qua.json</code>
        </li>
        <li>
          {t("kit_step_3")} <a href={link("offline")}>{t("offline_title")}</a>
        </li>
      </ol>
    </Card>
  );
}

export function EnrolPage() {
  const { query } = useStore(route);
  const loaded = useGet<{ units: Unit[] }>("/units", ["unit"]);
  return (
    <Page
      title={t("enrol_title")}
      path={[{ text: t("machines"), href: link("machines") }]}
      sub={t("enrol_sub")}
    >
      <Wait of={loaded}>
        {({ units }) => (
          <div class="two">
            <Line units={units} chosen={query.unit} />
            <KitForm units={units} chosen={query.unit} />
          </div>
        )}
      </Wait>
    </Page>
  );
}
