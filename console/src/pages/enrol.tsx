// Enrol machines: a one-time token with the command to copy; or a kit for a machine without
// network.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call, download } from "../app/api";
import { useGet } from "../app/live";
import { link, route } from "../app/route";
import { useStore } from "../app/store";
import { full } from "../app/time";
import type { Unit } from "../app/types";
import { Field, useAct } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Note } from "../ui/marks";
import { Card, Page } from "../ui/page";
import { ProblemNote, Wait } from "../ui/states";
import { t } from "../words";

interface Token {
  token: string;
  command: string;
  until: string;
}

export function CopyBox({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(text).catch(() => undefined);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <div class="copybox">
      <textarea
        class="mono"
        readOnly
        rows={Math.min(6, Math.ceil(text.length / 60))}
        value={text}
        aria-label={label}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button class="btn" type="button" onClick={() => void copy()}>
        <Icon name={copied ? "check" : "copy"} />
        {t(copied ? "copied" : "copy")}
      </button>
    </div>
  );
}

export function UnitSelect({ units, chosen }: { units: Unit[]; chosen?: string }) {
  return (
    <select name="unit" required>
      {[...units]
        .filter((unit) => !unit.valid_until)
        .sort((a, b) => a.name.localeCompare(b.name, "vi", { numeric: true }))
        .map((unit) => (
          <option key={unit.id} value={unit.id} selected={unit.id === chosen}>
            {unit.name}
          </option>
        ))}
    </select>
  );
}

function TokenForm({ units, chosen }: { units: Unit[]; chosen?: string }) {
  const act = useAct();
  const [token, setToken] = useState<Token>();
  const submit = (event: Event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const body = {
      unit: form.get("unit"),
      uses: Number(form.get("uses")),
      hours: Number(form.get("hours")),
    };
    void act.run(async () => setToken(await call<Token>("POST", "/enrol-tokens", body)));
  };
  return (
    <Card title={t("enrol_line")} note={t("enrol_line_note")}>
      <form class="form" onSubmit={submit}>
        <Field label={t("unit")}>
          <UnitSelect units={units} chosen={chosen} />
        </Field>
        <div class="pair">
          <Field label={t("enrol_uses")}>
            <input type="number" name="uses" min={1} max={500} defaultValue={1} required />
          </Field>
          <Field label={t("enrol_hours")}>
            <input type="number" name="hours" min={1} max={720} defaultValue={24} required />
          </Field>
        </div>
        {act.problem && <ProblemNote problem={act.problem} />}
        <div class="acts">
          <button class="btn go" type="submit" disabled={act.busy}>
            <Icon name="key" />
            {t("enrol_make")}
          </button>
        </div>
      </form>
      {token && (
        <div class="result" role="status">
          <Note tone="info" icon="key" title={t("enrol_once")}>
            <p>{t("enrol_until", { at: full(token.until) })}</p>
          </Note>
          <h3>{t("enrol_command")}</h3>
          <CopyBox text={token.command} label={t("enrol_command")} />
          <h3>{t("enrol_token")}</h3>
          <CopyBox text={token.token} label={t("enrol_token")} />
          <p class="small">
            {t("enrol_then")} <a href={link("machines")}>{t("machines")}</a>
          </p>
        </div>
      )}
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
            <TokenForm units={units} chosen={query.unit} />
            <KitForm units={units} chosen={query.unit} />
          </div>
        )}
      </Wait>
    </Page>
  );
}
