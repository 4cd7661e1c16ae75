// A one-time token for a machine or a sensor of a unit, and what is done with it: one form for both.
// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { call } from "../app/api";
import { full } from "../app/time";
import type { Unit } from "../app/types";
import { Field, useAct } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Note } from "../ui/marks";
import { ProblemNote } from "../ui/states";
import { t } from "../words";

export interface Token {
  token: string;
  command: string; // the agent's; its address and fingerprint hold for a sensor too
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

/** Asks for a token; `children` says what to do with it. */
export function TokenForm({
  units,
  chosen,
  hint,
  several,
  children,
}: {
  units: Unit[];
  chosen?: string;
  hint?: string; // beside the unit
  several?: boolean; // one token may serve several machines
  children: (token: Token) => ComponentChildren;
}) {
  const act = useAct();
  const [token, setToken] = useState<Token>();
  const submit = (event: Event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const body = {
      unit: form.get("unit"),
      uses: Number(form.get("uses") ?? 1),
      hours: Number(form.get("hours")),
    };
    void act.run(async () => setToken(await call<Token>("POST", "/enrol-tokens", body)));
  };
  const hours = (
    <Field label={t("enrol_hours")}>
      <input type="number" name="hours" min={1} max={720} defaultValue={24} required />
    </Field>
  );
  return (
    <>
      <form class="form" onSubmit={submit}>
        <Field label={t("unit")} hint={hint}>
          <UnitSelect units={units} chosen={chosen} />
        </Field>
        {several ? (
          <div class="pair">
            <Field label={t("enrol_uses")}>
              <input type="number" name="uses" min={1} max={500} defaultValue={1} required />
            </Field>
            {hours}
          </div>
        ) : (
          hours
        )}
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
          {children(token)}
        </div>
      )}
    </>
  );
}
