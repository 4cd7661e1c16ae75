// How a sensor is enrolled: a one-time token, then the two commands to run beside the switch.
// SPDX-License-Identifier: Apache-2.0
import { useGet } from "../app/live";
import type { Unit } from "../app/types";
import { Dialog } from "../ui/dialog";
import { Wait } from "../ui/states";
import { t } from "../words";
import { CopyBox, TokenForm, type Token } from "./enrol_token";

function Steps({ token }: { token: Token }) {
  return (
    <>
      <h3>{t("sensor_step_1")}</h3>
      <CopyBox
        text={token.command.replace(/canh-agent/g, "canh-sensor")}
        label={t("sensor_step_1")}
      />
      <h3>{t("sensor_step_2")}</h3>
      <CopyBox
        text="canh-sensor --interface eth1 --own 203.0.113.0/24"
        label={t("sensor_step_2")}
      />
      <p class="small muted">{t("sensor_step_2_note")}</p>
    </>
  );
}

export function EnrolSensor({ onClose }: { onClose: () => void }) {
  const units = useGet<{ units: Unit[] }>("/units", ["unit"]);
  return (
    <Dialog title={t("sensor_enrol")} onClose={onClose} wide>
      <p class="muted small">{t("sensor_enrol_intro")}</p>
      <Wait of={units}>
        {(data) => (
          <TokenForm units={data.units} hint={t("sensor_unit_hint")}>
            {(token) => <Steps token={token} />}
          </TokenForm>
        )}
      </Wait>
    </Dialog>
  );
}
