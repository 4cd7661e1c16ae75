// Trace: who of ours stood behind a public address at a time. Ranked candidates with
// reasons, or "cannot tell" and why.
// SPDX-License-Identifier: Apache-2.0
import { call, session } from "../app/api";
import { useGet } from "../app/live";
import { go, link, route } from "../app/route";
import { useStore } from "../app/store";
import { full, inputDay, moment, officeTime } from "../app/time";
import type { Candidate, Sensor, Trace, TracePage as Data } from "../app/traffic_types";
import { Field, useAct } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Confidence, Note } from "../ui/marks";
import { Card, Facts, Page } from "../ui/page";
import { Empty, ProblemNote, Wait } from "../ui/states";
import { Table, counted } from "../ui/table";
import { Host, OrderSt, Progress, UnitName, isRunning, usePoll } from "../ui/traffic_marks";
import { both, count, t } from "../words";

const windows = [5, 15, 60, 240, 1440];

function endpoint(address?: string | null, port?: number | null): string {
  if (!address) return "";
  return (address.includes(":") && port ? `[${address}]` : address) + (port ? ":" + port : "");
}

function wishOf(form: FormData): Record<string, unknown> {
  const wish: Record<string, unknown> = {
    public: String(form.get("public")).trim(),
    at: officeTime(String(form.get("day")), String(form.get("time"))),
    within_minutes: Number(form.get("within")),
  };
  for (const name of ["public_port", "peer_port"])
    if (form.get(name)) wish[name] = Number(form.get(name));
  if (form.get("peer")) wish.peer = String(form.get("peer")).trim();
  return wish;
}

function StartForm() {
  const act = useAct();
  const { query } = useStore(route);
  const submit = (event: Event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    void act.run(async () => {
      const { id } = await call<{ id: string }>("POST", "/traces", wishOf(form));
      go(link("trace", id));
    });
  };
  return (
    <Card title={t("trace_new")}>
      <form class="form" onSubmit={submit}>
        <div class="pair">
          <Field label={t("trace_public")} hint={t("trace_public_hint")}>
            <input
              class="mono"
              type="text"
              name="public"
              required
              maxLength={45}
              defaultValue={query.public ?? ""}
              placeholder="203.0.113.12"
            />
          </Field>
          <Field label={t("trace_port")} hint={t("trace_port_hint")}>
            <input type="number" name="public_port" min={1} max={65535} />
          </Field>
        </div>
        <div class="pair">
          <Field label={t("trace_day")}>
            <input type="date" name="day" required max={inputDay()} defaultValue={inputDay()} />
          </Field>
          <Field label={t("trace_time")} hint={t("trace_time_hint")}>
            <input type="time" name="time" required step={1} />
          </Field>
        </div>
        <div class="pair">
          <Field label={t("trace_peer")} hint={t("trace_peer_hint")}>
            <input
              class="mono"
              type="text"
              name="peer"
              maxLength={45}
              defaultValue={query.peer ?? ""}
              placeholder="192.0.2.80"
            />
          </Field>
          <Field label={t("trace_peer_port")}>
            <input type="number" name="peer_port" min={1} max={65535} />
          </Field>
        </div>
        <Field label={t("trace_within")} hint={t("trace_within_hint")}>
          <select name="within">
            {windows.map((minutes) => (
              <option key={minutes} value={minutes} selected={minutes === 15}>
                {windowWords(minutes)}
              </option>
            ))}
          </select>
        </Field>
        {act.problem && <ProblemNote problem={act.problem} />}
        <div class="acts">
          <button class="btn go" type="submit" disabled={act.busy}>
            <Icon name="swap" />
            {t("trace_start")}
          </button>
        </div>
      </form>
    </Card>
  );
}

function windowWords(minutes: number): string {
  return (
    "± " + (minutes < 60 ? t("span_minutes", { n: minutes }) : t("hours_n", { n: minutes / 60 }))
  );
}

function Start() {
  const sensors = useGet<{ sensors: Sensor[] }>("/sensors", ["machine"]);
  return (
    <Wait of={sensors}>
      {(known) =>
        known.sensors.length ? (
          <StartForm />
        ) : (
          <Empty icon="wave" title={t("sensors_none")}>
            <a href={link("traffic")}>{t("sensor_enrol")}</a>
          </Empty>
        )
      }
    </Wait>
  );
}

function Before({ traces }: { traces: Trace[] }) {
  return (
    <Card title={t("traces_before")} acts={counted(traces.length)} flush>
      {traces.length ? (
        <Table
          rows={traces}
          rowKey={(one) => one.id}
          label={t("traces_before")}
          href={(one) => link("trace", one.id)}
          columns={[
            {
              head: t("trace_public"),
              cell: (one) => (
                <a href={link("trace", one.id)}>
                  <b class="mono break">{endpoint(one.public, one.public_port)}</b>
                </a>
              ),
            },
            {
              head: t("at"),
              fold: t("at"),
              cell: (one) => (
                <>
                  {full(one.at)}
                  <small>{windowWords(one.within_minutes)}</small>
                </>
              ),
            },
            {
              head: t("trace_peer"),
              fold: t("trace_peer"),
              cell: (one) => (
                <span class="mono break">{endpoint(one.peer, one.peer_port) || "–"}</span>
              ),
            },
            { head: t("state"), fold: t("state"), cell: (one) => <OrderSt state={one.state} /> },
            {
              head: t("hunt_at"),
              fold: t("hunt_at"),
              cell: (one) => (
                <>
                  {moment(one.created_at)}
                  <small>{one.created_by}</small>
                </>
              ),
            },
          ]}
        />
      ) : (
        <Empty icon="swap" title={t("traces_none")}>
          {t("traces_none_do")}
        </Empty>
      )}
    </Card>
  );
}

export function TracesPage() {
  const loaded = useGet<{ traces: Trace[] }>("/traces", []);
  const office = useStore(session)?.account?.role !== "unit";
  usePoll(loaded.data?.traces.some(isRunning) ?? false, loaded.reload);
  return (
    <Page
      title={t("nav_trace")}
      sub={t("trace_sub")}
      path={[{ text: t("nav_traffic"), href: link("traffic") }]}
      acts={
        <a class="btn" href={link("hunt")}>
          <Icon name="back" />
          {t("nav_hunt")}
        </a>
      }
    >
      <div class={office ? "cols hunt-cols" : "stack"}>
        <div class="stack">
          <Wait of={loaded}>{(data) => <Before traces={data.traces} />}</Wait>
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

function Verdict({ trace }: { trace: Data }) {
  const [first, second] = trace.candidates;
  if (isRunning(trace)) return null;
  if (!first)
    return (
      <Note tone="unknown" title={t("trace_cannot")} live>
        <p>{both(trace.answer) || t("trace_cannot_note")}</p>
      </Note>
    );
  const name = first.machine?.name ?? first.host_name ?? "";
  const sure = first.confidence >= 60 && (!second || second.confidence < first.confidence);
  return (
    <Note
      tone={sure ? "info" : "soon"}
      icon={sure ? "pc" : undefined}
      title={t(sure ? "trace_likely" : "trace_several", {
        name: name ? `${name} (${first.host})` : first.host,
        n: trace.candidates.length,
      })}
      live
    >
      <p>{both(first.reason)}</p>
    </Note>
  );
}

/** The sensor's percent in the words of the whole console. */
function Sure({ percent }: { percent: number }) {
  return (
    <>
      <Confidence value={Math.ceil(percent / 20)} />
      <small>{percent} %</small>
    </>
  );
}

function Candidates({ rows }: { rows: Candidate[] }) {
  return (
    <Card title={t("trace_candidates")} note={t("trace_candidates_note")} flush>
      <Table
        rows={rows}
        rowKey={(one) => one.sensor + one.rank + one.host}
        label={t("trace_candidates")}
        columns={[
          {
            head: t("machine"),
            cell: (one) => (
              <>
                <Host of={one} host={one.host} />
                {(one.host_name || one.hardware) && (
                  <small class="mono break">
                    {[one.host_name, one.hardware].filter(Boolean).join(" · ")}
                  </small>
                )}
              </>
            ),
          },
          { head: t("unit"), fold: t("unit"), cell: (one) => <UnitName of={one} /> },
          {
            head: t("confidence"),
            fold: t("confidence"),
            cell: (one) => <Sure percent={one.confidence} />,
          },
          {
            head: t("why"),
            fold: t("why"),
            cell: (one) => <span class="why">{both(one.reason)}</span>,
          },
          {
            head: t("at"),
            fold: t("at"),
            cell: (one) => (
              <>
                {full(one.at)}
                {one.peer && <small class="mono break">{one.peer}</small>}
              </>
            ),
          },
          { head: t("flows"), fold: t("flows"), num: true, cell: (one) => count(one.flows) },
        ]}
      />
    </Card>
  );
}

function Body({ trace }: { trace: Data }) {
  return (
    <>
      <Verdict trace={trace} />
      <div class="cols">
        <div class="stack">
          {trace.candidates.length > 0 && <Candidates rows={trace.candidates} />}
          <Progress order={trace} words={t("trace_asked_sensors", { n: trace.sensors.length })} />
        </div>
        <div class="stack">
          <Card title={t("trace_question")}>
            <Facts
              rows={[
                [
                  t("trace_public"),
                  <span class="mono break">{endpoint(trace.public, trace.public_port)}</span>,
                ],
                [t("at"), full(trace.at)],
                [t("trace_within"), windowWords(trace.within_minutes)],
                [
                  t("trace_peer"),
                  trace.peer ? (
                    <span class="mono break">{endpoint(trace.peer, trace.peer_port)}</span>
                  ) : (
                    ""
                  ),
                ],
                [t("trace_asked"), `${trace.created_by}, ${full(trace.created_at)}`],
              ]}
            />
          </Card>
          {!trace.peer && (
            <Note tone="soon" title={t("trace_no_peer")}>
              <p>{t("trace_no_peer_note")}</p>
            </Note>
          )}
        </div>
      </div>
    </>
  );
}

export function TracePage({ id }: { id: string }) {
  const loaded = useGet<Data>("/traces/" + encodeURIComponent(id), ["machine"]);
  const act = useAct();
  const office = useStore(session)?.account?.role !== "unit";
  const trace = loaded.data;
  usePoll(isRunning(trace), loaded.reload);
  const stop = () =>
    act.run(() => call("DELETE", "/traces/" + encodeURIComponent(id)).then(loaded.reload));
  return (
    <Page
      title={trace ? endpoint(trace.public, trace.public_port) : t("nav_trace")}
      heading={trace && t("trace_title", { address: endpoint(trace.public, trace.public_port) })}
      path={[
        { text: t("nav_traffic"), href: link("traffic") },
        { text: t("nav_trace"), href: link("trace") },
      ]}
      sub={trace && full(trace.at)}
      acts={
        office &&
        isRunning(trace) && (
          <button class="btn" type="button" disabled={act.busy} onClick={() => void stop()}>
            <Icon name="x" />
            {t("stop")}
          </button>
        )
      }
    >
      {act.problem && <ProblemNote problem={act.problem} />}
      <Wait of={loaded}>{(data) => <Body trace={data} />}</Wait>
    </Page>
  );
}
