// Hunt: a list, or the set in use, held against the traffic of a period. The form
// and what was asked before.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call, session } from "../app/api";
import { useGet } from "../app/live";
import { go, link, route } from "../app/route";
import { useStore } from "../app/store";
import { DAY_MS, endOfDay, full, inputDay, moment, startOfDay } from "../app/time";
import type { Hunt, Sensor } from "../app/traffic_types";
import type { Batch, Lists } from "../app/types";
import { Field, useAct } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { St } from "../ui/marks";
import { OrderSt, useOrders } from "../ui/order";
import { Card, Page } from "../ui/page";
import { Empty, ProblemNote, Wait } from "../ui/states";
import { Table, counted } from "../ui/table";
import { huntPeriod } from "../ui/traffic_marks";
import { t } from "../words";

const periods = [7, 30, 90, 365];

function listName(one: Batch): string {
  return [one.file_name || one.source, one.source, one.period].filter(Boolean).join(" · ");
}

/** What the form says, as the API wants it. */
function wishOf(form: FormData): Record<string, unknown> {
  const period = String(form.get("period"));
  const list = String(form.get("list") ?? "");
  const sensor = String(form.get("sensor") ?? "");
  const wish: Record<string, unknown> = {};
  if (list) wish.list = list;
  if (sensor) wish.sensors = [sensor];
  if (period === "days") {
    wish.since = startOfDay(String(form.get("from")));
    wish.until = endOfDay(String(form.get("to")));
  } else if (period !== "all") {
    wish.since = new Date(Date.now() - Number(period) * DAY_MS)
      .toISOString()
      .replace(/\.\d+Z/, "Z");
  }
  return wish;
}

function StartForm({ lists, sensors }: { lists: Batch[]; sensors: Sensor[] }) {
  const act = useAct();
  const { query } = useStore(route);
  const [period, setPeriod] = useState("365");
  const submit = (event: Event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    void act.run(async () => {
      const { id } = await call<{ id: string }>("POST", "/hunts", wishOf(form));
      go(link("hunt", id));
    });
  };
  return (
    <Card title={t("hunt_new")}>
      <form class="form" onSubmit={submit}>
        <Field label={t("hunt_what")} hint={t("hunt_what_hint")}>
          <select name="list">
            <option value="">{t("hunt_set")}</option>
            {lists.map((one) => (
              <option key={one.id} value={one.id} selected={one.id === query.list}>
                {listName(one)}
              </option>
            ))}
          </select>
        </Field>
        <Field label={t("hunt_period")} hint={t("hunt_period_hint")}>
          <select
            name="period"
            value={period}
            onChange={(event) => setPeriod(event.currentTarget.value)}
          >
            {periods.map((days) => (
              <option key={days} value={days}>
                {days === 365 ? t("months_12") : t("days_last", { n: days })}
              </option>
            ))}
            <option value="all">{t("hunt_all_time")}</option>
            <option value="days">{t("hunt_days")}</option>
          </select>
        </Field>
        {period === "days" && (
          <div class="pair">
            <Field label={t("from_day")}>
              <input type="date" name="from" required max={inputDay()} defaultValue={inputDay(-30)} />
            </Field>
            <Field label={t("to_day")}>
              <input type="date" name="to" required max={inputDay()} defaultValue={inputDay()} />
            </Field>
          </div>
        )}
        {sensors.length > 1 && (
          <Field label={t("sensor")}>
            <select name="sensor">
              <option value="">{t("sensors_all")}</option>
              {sensors.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </select>
          </Field>
        )}
        {act.problem && <ProblemNote problem={act.problem} />}
        <div class="acts">
          <button class="btn go" type="submit" disabled={act.busy}>
            <Icon name="back" />
            {t("hunt_start")}
          </button>
        </div>
      </form>
    </Card>
  );
}

function Start() {
  const lists = useGet<Lists>("/lists", ["list", "set"]);
  const sensors = useGet<{ sensors: Sensor[] }>("/sensors", ["machine"]);
  return (
    <Wait of={sensors}>
      {(known) =>
        known.sensors.length ? (
          <Wait of={lists}>
            {(data) => (
              <StartForm
                sensors={known.sensors}
                lists={data.batches.filter((one) => one.kind === "indicator")}
              />
            )}
          </Wait>
        ) : (
          <Empty icon="wave" title={t("sensors_none")}>
            <a href={link("traffic")}>{t("sensor_enrol")}</a>
          </Empty>
        )
      }
    </Wait>
  );
}

export function huntName(hunt: Hunt): string {
  return hunt.list?.name || t("hunt_set");
}

function Before({ hunts }: { hunts: Hunt[] }) {
  return (
    <Card title={t("hunts_before")} acts={counted(hunts.length)} flush>
      {hunts.length ? (
        <Table
          rows={hunts}
          rowKey={(one) => one.id}
          label={t("hunts_before")}
          href={(one) => link("hunt", one.id)}
          columns={[
            {
              head: t("list"),
              cell: (one) => (
                <>
                  <a href={link("hunt", one.id)}>
                    <b class="break">{huntName(one)}</b>
                  </a>
                  <small>{one.reason === "list" ? t("hunt_by_list") : one.created_by}</small>
                </>
              ),
            },
            { head: t("hunt_period"), fold: t("hunt_period"), cell: (one) => huntPeriod(one) },
            { head: t("state"), fold: t("state"), cell: (one) => <OrderSt state={one.state} /> },
            {
              head: t("result"),
              fold: t("result"),
              cell: (one) =>
                one.hits ? (
                  <St tone="unmet" icon="fire">
                    {t("hunt_hits_hosts", { n: one.hits, m: one.hosts })}
                  </St>
                ) : one.state === "done" ? (
                  <span>{t("hunt_nothing_short")}</span>
                ) : (
                  <span class="hint">–</span>
                ),
            },
            {
              head: t("hunt_at"),
              fold: t("hunt_at"),
              cell: (one) => <span title={full(one.created_at)}>{moment(one.created_at)}</span>,
            },
          ]}
        />
      ) : (
        <Empty icon="back" title={t("hunts_none")}>
          {t("hunts_none_do")}
        </Empty>
      )}
    </Card>
  );
}

export function HuntsPage() {
  const loaded = useOrders<{ hunts: Hunt[] }>("hunts");
  const office = useStore(session)?.account?.role !== "unit";
  return (
    <Page
      title={t("nav_hunt")}
      sub={t("hunt_sub")}
      path={[{ text: t("nav_traffic"), href: link("traffic") }]}
      acts={
        <a class="btn" href={link("trace")}>
          <Icon name="swap" />
          {t("nav_trace")}
        </a>
      }
    >
      <div class={office ? "cols hunt-cols" : "stack"}>
        <div class="stack">
          <Wait of={loaded}>{(data) => <Before hunts={data.hunts} />}</Wait>
        </div>
        {office && (
          <div class="stack">
            <Start />
          </div>
        )}
      </div>
    </Page>
  );
}
