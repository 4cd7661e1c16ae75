// How a sensor is enrolled: a one-time token, then the two commands to run beside the switch.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call } from "../app/api";
import { useGet } from "../app/live";
import { full } from "../app/time";
import type { Unit } from "../app/types";
import { Dialog, Field, useAct } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Note } from "../ui/marks";
import { ProblemNote, Wait } from "../ui/states";
import { t } from "../words";
import { CopyBox, UnitSelect } from "./enrol";

function EnrolForm({ units }: { units: Unit[] }) {
  const act = useAct();
  const [made, setMade] = useState<{ token: string; until: string; command: string }>();
  const submit = (event: Event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const body = { unit: form.get("unit"), uses: 1, hours: Number(form.get("hours")) };
    void act.run(async () => setMade(await call("POST", "/enrol-tokens", body)));
  };
  // the centre writes the agent's command: its address and its fingerprint hold for a sensor too
  const command = made?.command.replace(/canh-agent/g, "canh-sensor") ?? "";
  return (
    <form class="form" onSubmit={submit}>
      <p class="muted small">{t("sensor_enrol_intro")}</p>
      <Field label={t("unit")} hint={t("sensor_unit_hint")}>
        <UnitSelect units={units} />
      </Field>
      <Field label={t("enrol_hours")}>
        <input type="number" name="hours" min={1} max={720} defaultValue={24} required />
      </Field>
      {act.problem && <ProblemNote problem={act.problem} />}
      {made ? (
        <div class="result" role="status">
          <Note tone="info" icon="key" title={t("enrol_once")}>
            <p>{t("enrol_until", { at: full(made.until) })}</p>
          </Note>
          <h3>{t("sensor_step_1")}</h3>
          <CopyBox text={command} label={t("sensor_step_1")} />
          <h3>{t("sensor_step_2")}</h3>
          <CopyBox
            text="canh-sensor --interface eth1 --own 203.0.113.0/24"
            label={t("sensor_step_2")}
          />
          <p class="small muted">{t("sensor_step_2_note")}</p>
        </div>
      ) : (
        <div class="acts">
          <button class="btn go" type="submit" disabled={act.busy}>
            <Icon name="key" />
            {t("enrol_make")}
          </button>
        </div>
      )}
    </form>
  );
}

export function EnrolSensor({ onClose }: { onClose: () => void }) {
  const units = useGet<{ units: Unit[] }>("/units", ["unit"]);
  return (
    <Dialog title={t("sensor_enrol")} onClose={onClose} wide>
      <Wait of={units}>{(data) => <EnrolForm units={data.units} />}</Wait>
    </Dialog>
  );
}
