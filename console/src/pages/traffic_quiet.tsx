// Alerts that the office does not want to hear of for a while: set by an alert, with a reason and
// an end, shown, taken back. And what the sensors took in as logs. On the traffic page.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call, session } from "../app/api";
import { useGet } from "../app/live";
import { useStore } from "../app/store";
import { endOfDay, full, inputDay, moment } from "../app/time";
import type { Alert, LogCounts, Quiet, Sensor } from "../app/traffic_types";
import { Ask, Field, useAct } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { St } from "../ui/marks";
import { Card } from "../ui/page";
import { ProblemNote } from "../ui/states";
import { Table } from "../ui/table";
import { count, t, tMaybe } from "../words";

const SOON_DAYS = 7;
const MOST_DAYS = 366;

function QuietDialog({ of, onClose }: { of: Alert; onClose: () => void }) {
  const what = of.value || of.peer;
  return (
    <Ask
      title={t("quiet_title", { what })}
      intro={t("quiet_intro")}
      send={t("quiet_send")}
      onClose={onClose}
      onSend={(form) =>
        call("POST", "/quiets", {
          sensor: of.sensor.id,
          alert: of.id,
          until: endOfDay(String(form.get("until"))),
          reason: form.get("reason"),
          any_host: form.get("hosts") === "any",
        })
      }
    >
      <Field label={t("quiet_until")} hint={t("quiet_until_hint")}>
        <input
          type="date"
          name="until"
          required
          min={inputDay()}
          max={inputDay(MOST_DAYS - 1)}
          defaultValue={inputDay(SOON_DAYS)}
        />
      </Field>
      <Field label={t("quiet_hosts")}>
        <select name="hosts">
          <option value="one">{t("quiet_host_one", { host: of.machine?.name ?? of.host })}</option>
          <option value="any">{t("quiet_host_any", { sensor: of.sensor.name })}</option>
        </select>
      </Field>
      <Field label={t("reason")}>
        <textarea name="reason" rows={3} maxLength={500} required />
      </Field>
    </Ask>
  );
}

function HearAgain({ id }: { id: string }) {
  const act = useAct();
  return (
    <>
      <button
        class="btn bare small"
        type="button"
        disabled={act.busy}
        onClick={() => void act.run(() => call("DELETE", `/quiets/${encodeURIComponent(id)}`))}
      >
        <Icon name="undo" small />
        {t("quiet_end")}
      </button>
      {act.problem && <ProblemNote problem={act.problem} />}
    </>
  );
}

/** Quiet or not, and for the office the way to change it. */
export function QuietCell({ of }: { of: Alert }) {
  const office = useStore(session)?.account?.role !== "unit";
  const [asking, setAsking] = useState(false);
  if (of.quiet)
    return (
      <>
        <St tone="na">{t("quiet_now", { at: moment(of.quiet.until) })}</St>
        <small title={full(of.quiet.until)}>
          {of.quiet.reason} · {of.quiet.by}
        </small>
        {office && <HearAgain id={of.quiet.id} />}
      </>
    );
  if (!office) return <span class="hint">{t("quiet_not")}</span>;
  return (
    <>
      <button class="btn bare small" type="button" onClick={() => setAsking(true)}>
        <Icon name="bell" small />
        {t("quiet_ask")}
      </button>
      {asking && <QuietDialog of={of} onClose={() => setAsking(false)} />}
    </>
  );
}

/** All that was quieted, also what no alert on the page falls under any more. */
export function QuietsCard() {
  const office = useStore(session)?.account?.role !== "unit";
  const quiets = useGet<{ quiets: Quiet[] }>("/quiets", ["finding"]).data?.quiets ?? [];
  if (!quiets.length) return null;
  return (
    <Card title={t("quiets")} note={t("quiets_note")} flush>
      <Table
        rows={quiets}
        rowKey={(one) => one.id}
        label={t("quiets")}
        columns={[
          {
            head: t("state"),
            cell: (one) => (
              <St tone={one.state === "active" ? "soon" : "na"}>
                {tMaybe("quiet_state_", one.state)}
              </St>
            ),
          },
          {
            head: t("remote"),
            fold: t("remote"),
            cell: (one) => (
              <>
                <b class="mono break">{one.value || t("quiet_any")}</b>
                <small>{tMaybe("alert_kind_", one.kind)}</small>
              </>
            ),
          },
          {
            head: t("machine"),
            fold: t("machine"),
            cell: (one) => (
              <>
                <span class="mono">{one.host || t("quiet_all_hosts")}</span>
                <small>{one.host ? one.unit.name : one.sensor.name}</small>
              </>
            ),
          },
          { head: t("reason"), fold: t("reason"), cell: (one) => one.reason },
          {
            head: t("quiet_until"),
            fold: t("quiet_until"),
            cell: (one) => (
              <>
                <span title={full(one.until)}>{moment(one.until)}</span>
                <small>{t("quiet_by", { who: one.created_by, at: moment(one.created_at) })}</small>
                {one.ended_at && (
                  <small>
                    {t("quiet_ended_by", { who: one.ended_by ?? "", at: moment(one.ended_at) })}
                  </small>
                )}
                {office && one.state === "active" && <HearAgain id={one.id} />}
              </>
            ),
          },
        ]}
      />
    </Card>
  );
}

function Kinds({ of }: { of: LogCounts }) {
  const kinds = Object.entries(of.kinds).sort((a, b) => b[1] - a[1]);
  return <>{kinds.map(([kind, n]) => `${kind} ${count(n)}`).join(" · ") || "–"}</>;
}

/** Only where some sensor takes logs: what came, and what could not be read. */
export function LogsCard() {
  const sensors = useGet<{ sensors: Sensor[] }>("/sensors", ["machine"]).data?.sensors ?? [];
  const rows = sensors.flatMap((one) =>
    one.status?.logs.lines ? [{ sensor: one, logs: one.status.logs }] : [],
  );
  if (!rows.length) return null;
  return (
    <Card title={t("logs")} note={t("logs_note")} flush>
      <Table
        rows={rows}
        rowKey={(one) => one.sensor.id}
        label={t("logs")}
        columns={[
          { head: t("sensor"), cell: (one) => <b>{one.sensor.name}</b> },
          {
            head: t("logs_lines"),
            fold: t("logs_lines"),
            num: true,
            cell: (one) => count(one.logs.lines),
          },
          {
            head: t("logs_taken"),
            fold: t("logs_taken"),
            num: true,
            cell: (one) => (
              <>
                {count(one.logs.taken)}
                <small>
                  {t("logs_facts", { nat: one.logs.translations, leases: one.logs.leases })}
                </small>
              </>
            ),
          },
          {
            head: t("logs_refused"),
            fold: t("logs_refused"),
            num: true,
            cell: (one) => (
              <span class={one.logs.refused + one.logs.cut ? "txt unmet" : undefined}>
                {count(one.logs.refused + one.logs.cut)}
              </span>
            ),
          },
          { head: t("logs_kinds"), fold: t("logs_kinds"), cell: (one) => <Kinds of={one.logs} /> },
        ]}
      />
    </Card>
  );
}
