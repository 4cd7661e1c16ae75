// Trace: who of ours stood behind a public address at a time. Ranked candidates with
// reasons, or "cannot tell" and why.
// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import { call, session } from "../app/api";
import { useGet } from "../app/live";
import { go, link, route } from "../app/route";
import { useStore } from "../app/store";
import { exact, full, inputDay, moment, officeTime } from "../app/time";
import type {
  Candidate,
  Sensor,
  Trace,
  TraceAddress,
  TraceAgent,
  TracePage as Data,
} from "../app/traffic_types";
import { SpanChart, type Span } from "../ui/chart";
import { Field, useAct } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Confidence, Note, St } from "../ui/marks";
import {
  CoverNote,
  OrderSt,
  Progress,
  StopButton,
  gapsOf,
  isRunning,
  useOrder,
  useOrders,
} from "../ui/order";
import { Card, Facts, Page } from "../ui/page";
import { Empty, ProblemNote, Wait } from "../ui/states";
import { Table, counted } from "../ui/table";
import { Host, Moments as Period, UnitName } from "../ui/traffic_marks";
import { both, count, t, tMaybe } from "../words";

const windows = [5, 15, 60, 240, 1440];
const NAMED_FROM = 50; // as traffic/trace/trace.h
const SPANS_SHOWN = 8;

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
                  {exact(one.at)}
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
  const loaded = useOrders<{ traces: Trace[] }>("traces");
  const office = useStore(session)?.account?.role !== "unit";
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

/** What a sensor says is half a sentence. */
const sentence = (words: string) => words && words.charAt(0).toUpperCase() + words.slice(1) + ".";

/** Likelier than all others together: the first is named, else none. */
const isNamed = (first?: Candidate) => first !== undefined && first.confidence >= NAMED_FROM;

function cannotWords(trace: Data): string {
  if (trace.candidates.length > 1) return t("trace_cannot_of", { n: trace.candidates.length });
  return t(trace.address?.owner === "other" ? "trace_not_ours" : "trace_cannot");
}

function Verdict({ trace }: { trace: Data }) {
  const first = trace.candidates[0];
  if (isRunning(trace)) return null;
  if (!first || !isNamed(first))
    return (
      <Note tone="unknown" title={cannotWords(trace)} live>
        <p>{sentence(both(trace.answer)) || t("trace_cannot_note")}</p>
        {trace.agents.length > 0 && (
          <p>{t("trace_agents_say", { n: trace.agents.length })}</p>
        )}
      </Note>
    );
  const name = first.machine?.name ?? first.host_name;
  return (
    <Note
      tone="info"
      icon="pc"
      title={t("trace_likely", { name: name ? `${name} (${first.host})` : first.host })}
      live
    >
      <p>{sentence(both(first.reason))}</p>
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

function Candidates({ trace }: { trace: Data }) {
  const rows = trace.candidates;
  const told = new Set(trace.agents.map((one) => one.machine.id));
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
          {
            head: t("unit"),
            fold: t("unit"),
            cell: (one) => (
              <>
                <UnitName of={one} />
                {!one.of_holder && <small>{t("trace_not_holder")}</small>}
              </>
            ),
          },
          {
            head: t("confidence"),
            fold: t("confidence"),
            cell: (one) => <Sure percent={one.confidence} />,
          },
          {
            head: t("why"),
            fold: t("why"),
            cell: (one) => (
              <>
                <span class="why">{both(one.reason)}</span>
                {one.machine && told.has(one.machine.id) && (
                  <small>
                    <Icon name="check" small /> {t("trace_agent_too")}
                  </small>
                )}
              </>
            ),
          },
          {
            head: t("at"),
            fold: t("at"),
            cell: (one) => (
              <>
                {exact(one.at)}
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

/** Where in the window each machine's contact lies, and which hours of it nobody watched. */
function Moments({ trace }: { trace: Data }) {
  const at = Date.parse(trace.at);
  const axis = {
    from: at - trace.within_minutes * 60_000,
    to: at + trace.within_minutes * 60_000,
  };
  // what had not come yet when it was asked was seen by nobody either
  const later = { from: Date.parse(trace.coverage.until), to: axis.to };
  const spans: Span[] = trace.candidates
    .filter((one) => one.at)
    .slice(0, SPANS_SHOWN)
    .map((one, n) => ({
      key: one.id,
      name: one.machine?.name ?? (one.host_name || one.host),
      from: Date.parse(one.at!),
      to: Date.parse(one.at!),
      hot: n === 0 && isNamed(one),
    }));
  return (
    <Card
      title={t("trace_over_time")}
      note={
        <span class="legend-line">
          {t("trace_over_time_note")} <i class="key gap" /> {t("chart_gap")}
        </span>
      }
    >
      <SpanChart
        spans={spans}
        axis={axis}
        gaps={[...gapsOf(trace.coverage), later].filter((gap) => gap.to > gap.from)}
        mark={at}
        label={t("trace_alt", { n: trace.candidates.length, at: exact(trace.at) })}
      />
    </Card>
  );
}

function claimWords(of: TraceAddress): string {
  if (of.owner === "unknown") return t("trace_claim_unknown");
  if (of.claim === "held" && of.owner === "ours") return t("trace_claim_held");
  if (of.claim === "held" && of.owner === "other") return t("trace_claim_other");
  if (of.claim === "held") return t("trace_claim_dynamic");
  return tMaybe("trace_claim_", of.claim);
}

/** Whose the address was decides whether a machine of ours may be named at all. */
function AddressCard({ of }: { of: TraceAddress }) {
  const rows: [string, ComponentChildren][] = [];
  if (of.unit)
    rows.push([t("trace_address_unit"), <a href={link("unit", of.unit.id)}>{of.unit.name}</a>]);
  if (of.range) rows.push([t("trace_address_range"), <span class="mono break">{of.range}</span>]);
  if (of.since || of.until)
    rows.push([
      t("trace_address_time"),
      `${of.since ? full(of.since) : "…"} – ${of.until ? full(of.until) : t("open_end")}`,
    ]);
  return (
    <Card title={t("trace_address")}>
      <p class="claim">
        <St
          tone={of.owner === "ours" ? "met" : of.owner === "other" ? "na" : "unknown"}
          icon={of.owner === "other" ? "x" : undefined}
        >
          {claimWords(of)}
        </St>
      </p>
      {rows.length > 0 && <Facts rows={rows} />}
      {of.owner === "other" && of.claim !== "held" && (
        <p class="small muted">{t("trace_claim_fix")}</p>
      )}
    </Card>
  );
}

function AgentsCard({ rows }: { rows: TraceAgent[] }) {
  return (
    <Card title={t("trace_agents")} note={t("trace_agents_note")} flush>
      <Table
        rows={rows}
        rowKey={(one) => one.machine.id + one.port + one.process}
        label={t("trace_agents")}
        columns={[
          {
            head: t("machine"),
            cell: (one) => (
              <>
                <a href={link("machine", one.machine.id)}>
                  <b>{one.machine.name}</b>
                </a>
                <small>{one.unit.name}</small>
              </>
            ),
          },
          {
            head: t("process"),
            fold: t("process"),
            cell: (one) => <span class="mono break">{one.process || "–"}</span>,
          },
          { head: t("port"), fold: t("port"), num: true, cell: (one) => String(one.port) },
          { head: t("times"), fold: t("times"), num: true, cell: (one) => count(one.times) },
          {
            head: t("traffic_since"),
            fold: t("traffic_since"),
            cell: (one) => <Period first={one.first_at} last={one.last_at} />,
          },
        ]}
      />
    </Card>
  );
}

function Question({ trace }: { trace: Data }) {
  return (
    <Card title={t("trace_question")}>
      <Facts
        rows={[
          [
            t("trace_public"),
            <span class="mono break">{endpoint(trace.public, trace.public_port)}</span>,
          ],
          [t("at"), exact(trace.at)],
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
  );
}

function Body({ trace }: { trace: Data }) {
  return (
    <>
      <Verdict trace={trace} />
      <div class="cols">
        <div class="stack">
          {trace.candidates.length > 0 && <Candidates trace={trace} />}
          {trace.candidates.length > 0 && <Moments trace={trace} />}
          {trace.agents.length > 0 && <AgentsCard rows={trace.agents} />}
          <CoverNote cover={trace.coverage} />
          <Progress order={trace} words={t("trace_asked_sensors", { n: trace.sensors.length })} />
        </div>
        <div class="stack">
          {trace.address && <AddressCard of={trace.address} />}
          <Question trace={trace} />
          {!trace.peer && trace.address?.owner !== "other" && (
            <Note tone="soon" title={t("trace_no_peer")}>
              <p>{t("trace_no_peer_note")}</p>
            </Note>
          )}
        </div>
      </div>
    </>
  );
}

/** Each sensor ranks its own: the likeliest of all first. */
const ranked = (trace: Data): Data => ({
  ...trace,
  candidates: [...trace.candidates].sort((a, b) => b.confidence - a.confidence),
});

export function TracePage({ id }: { id: string }) {
  const loaded = useOrder<Data>("traces", id);
  const office = useStore(session)?.account?.role !== "unit";
  const trace = loaded.data;
  return (
    <Page
      title={trace ? endpoint(trace.public, trace.public_port) : t("nav_trace")}
      heading={trace && t("trace_title", { address: endpoint(trace.public, trace.public_port) })}
      path={[
        { text: t("nav_traffic"), href: link("traffic") },
        { text: t("nav_trace"), href: link("trace") },
      ]}
      sub={trace && exact(trace.at)}
      acts={office && <StopButton of={loaded} />}
    >
      {loaded.act.problem && <ProblemNote problem={loaded.act.problem} />}
      <Wait of={loaded}>{(data) => <Body trace={ranked(data)} />}</Wait>
    </Page>
  );
}
