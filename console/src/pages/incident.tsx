// One incident: where it stands, its clocks with the rule they come from, its machines, a
// timeline that is corrected, never edited.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "preact/hooks";
import { call, session } from "../app/api";
import { touch, useGet } from "../app/live";
import { link } from "../app/route";
import { useStore } from "../app/store";
import { clock, dateOf, day, full, moment, span } from "../app/time";
import type { Account, Entry, IncidentPage as Data } from "../app/types";
import { Ask, Field, useAct } from "../ui/dialog";
import { FindingName } from "../ui/finding";
import { Icon } from "../ui/icon";
import { Bar, St, VerdictSt, findingTone, severityTone, type Tone } from "../ui/marks";
import { Card, Page } from "../ui/page";
import { Empty, ProblemNote, Wait } from "../ui/states";
import { Table, counted } from "../ui/table";
import { both, t, tMaybe } from "../words";
import { ownerName } from "./incidents";

const life = ["new", "triage", "contained", "eradicated", "recovered", "closed"];

function States({ incident }: { incident: Data }) {
  const at = life.indexOf(incident.state);
  const since = (state: string) =>
    incident.timeline.find((one) => one.kind === "state" && one.body.includes(state))?.at;
  return (
    <section class="card">
      <div class="in">
        <ol class="states" aria-label={t("state")}>
          {(incident.state === "dismissed" ? ["new", "dismissed"] : life).map((state, n) => {
            const current = state === incident.state;
            return (
              <li
                key={state}
                class={current ? "cur" : n < at ? "ok" : ""}
                aria-current={current ? "step" : undefined}
              >
                {n < at && <Icon name="check" />}
                {current ? <b>{tMaybe("incident_", state)}</b> : tMaybe("incident_", state)}
                {n <= at && since(state) && <span class="hint">{moment(since(state))}</span>}
              </li>
            );
          })}
        </ol>
      </div>
    </section>
  );
}

/** Redraws every half minute, so that a clock on the screen runs. */
function useTick(): number {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function Clock({
  tone,
  name,
  sign,
  big,
  share,
  children,
}: {
  tone: Tone;
  name: string;
  sign: string;
  big: string;
  share: number;
  children: string;
}) {
  return (
    <div class={"clock " + tone}>
      <div class="k">
        <span>{name}</span>
        <St tone={tone}>{sign}</St>
      </div>
      <div class="big">{big}</div>
      <Bar total={100} parts={[{ tone: tone === "info" ? "act" : tone, value: share }]} />
      <p>{children}</p>
    </div>
  );
}

function Clocks({ incident }: { incident: Data }) {
  const now = useTick();
  const from = Date.parse(incident.detected_at);
  const end = incident.closed_at ? Date.parse(incident.closed_at) : now;
  const taken = incident.timeline.find((one) => one.kind === "owner" || one.kind === "assigned");
  const due = incident.due_at ? Date.parse(incident.due_at) : 0;
  const left = due - end;
  return (
    <section aria-label={t("clocks")}>
      <div class="clocks">
        <Clock
          tone={incident.closed_at ? "met" : "info"}
          name={t("clock_open")}
          big={span(end - from)}
          share={incident.closed_at ? 100 : 8}
          sign={incident.closed_at ? t("incident_closed") : t("clock_running")}
        >
          {t("clock_from", { at: full(incident.detected_at) })}
        </Clock>
        {due > 0 && (
          <Clock
            tone={
              incident.closed_at ? "met" : left < 0 ? "unmet" : left < 86_400_000 ? "soon" : "info"
            }
            name={t("clock_due")}
            big={
              left < 0
                ? t("overdue_by", { span: span(-left) })
                : t("left_span", { span: span(left) })
            }
            share={Math.min(100, Math.max(2, ((end - from) / Math.max(due - from, 1)) * 100))}
            sign={
              incident.closed_at ? t("incident_closed") : left < 0 ? t("overdue") : t("within_time")
            }
          >
            {t("due_at", { at: full(incident.due_at) })}
          </Clock>
        )}
        <Clock
          tone={taken || incident.owner ? "met" : "unknown"}
          name={t("clock_owner")}
          share={taken || incident.owner ? 100 : 0}
          big={
            taken
              ? span(Date.parse(taken.at) - from)
              : incident.owner
                ? t("owner_some")
                : t("owner_none")
          }
          sign={ownerName(incident.owner) || t("owner_wait")}
        >
          {t("clock_owner_note")}
        </Clock>
      </div>
      {incident.rule && (
        <p class="hint clock-rule">
          {t("clock_rule")} {both(incident.rule)} T0: {full(incident.detected_at)}.
        </p>
      )}
    </section>
  );
}

function entryTone(entry: Entry): string {
  if (entry.kind === "state") return "key met";
  if (entry.kind === "finding" || entry.kind === "detected") return "key unmet";
  return entry.correction_of ? "info" : entry.kind === "report" ? "key info" : "";
}

function Timeline({ incident, onCorrect }: { incident: Data; onCorrect: (entry: Entry) => void }) {
  const [who, setWho] = useState<"all" | "people">("all");
  const entries = [...incident.timeline]
    .filter((one) => who === "all" || one.kind === "note" || one.correction_of)
    .sort((a, b) => b.at.localeCompare(a.at));
  let last = "";
  const corrected = new Set(incident.timeline.map((one) => one.correction_of).filter(Boolean));
  return (
    <Card
      title={t("timeline")}
      foot={t("timeline_foot")}
      acts={
        <div class="seg" role="group" aria-label={t("filter_line")}>
          <button type="button" aria-pressed={who === "all"} onClick={() => setWho("all")}>
            {t("timeline_all")}
          </button>
          <button type="button" aria-pressed={who === "people"} onClick={() => setWho("people")}>
            {t("timeline_people")}
          </button>
        </div>
      }
    >
      {entries.length === 0 && <p class="small muted">{t("timeline_none")}</p>}
      <ol class="line">
        {entries.map((entry) => {
          const date = day(entry.at);
          const fresh = date !== last;
          last = date;
          const at = dateOf(entry.at);
          return (
            <>
              {fresh && <li class="day">{date}</li>}
              <li class={entryTone(entry)}>
                <time dateTime={entry.at} title={full(entry.at)}>
                  {at ? clock(at) : ""}
                </time>
                <div>
                  <span class="break">
                    {entry.correction_of && <b>{t("correction")}: </b>}
                    {entryBody(entry)}
                  </span>
                  <small>
                    {entry.author}
                    {corrected.has(entry.id)
                      ? " · " + t("was_corrected")
                      : entry.kind === "note" && (
                          <>
                            {" "}
                            ·{" "}
                            <button class="linkish" type="button" onClick={() => onCorrect(entry)}>
                              {t("correct")}
                            </button>
                          </>
                        )}
                  </small>
                </div>
              </li>
            </>
          );
        })}
      </ol>
    </Card>
  );
}

/** A move is kept as "from → to" or as the bare word; people read its name. */
function entryBody(entry: Entry): string {
  if (entry.kind !== "state") return entry.body;
  return entry.body.replace(
    /\b(new|triage|contained|eradicated|recovered|closed|dismissed)\b/g,
    (word) => tMaybe("incident_", word),
  );
}

type Asking = { what: "assign" } | { what: "move"; to: string } | { what: "note"; correcting?: Entry } | null;

function Acts({ incident, ask }: { incident: Data; ask: (asking: Asking) => void }) {
  const act = useAct();
  const account = useStore(session)?.account;
  const take = () =>
    act.run(async () => {
      await call("POST", `/incidents/${encodeURIComponent(incident.id)}/owner`, {
        account: account?.id,
      });
      touch(["incident"]);
    });
  const mine =
    account &&
    (typeof incident.owner === "string"
      ? incident.owner === account.name
      : incident.owner?.id === account.id);
  return (
    <>
      {act.problem && <ProblemNote problem={act.problem} />}
      {!mine && !incident.closed_at && (
        <button class="btn" type="button" disabled={act.busy} onClick={() => void take()}>
          <Icon name="hand" />
          {t("take")}
        </button>
      )}
      {account?.role === "administrator" && !incident.closed_at && (
        <button class="btn" type="button" onClick={() => ask({ what: "assign" })}>
          <Icon name="person" />
          {t("assign")}
        </button>
      )}
      <button class="btn" type="button" onClick={() => ask({ what: "note" })}>
        <Icon name="plus" />
        {t("entry_add")}
      </button>
      {incident.moves.map((to, n) => (
        <button
          key={to}
          class={"btn" + (n === 0 && to !== "dismissed" ? " go" : "")}
          type="button"
          onClick={() => ask({ what: "move", to })}
        >
          <Icon name={to === "dismissed" ? "x" : "right"} />
          {tMaybe("move_", to)}
        </button>
      ))}
    </>
  );
}

function AssignDialog({ path, onClose }: { path: string; onClose: () => void }) {
  const accounts = useGet<{ accounts: Account[] }>("/accounts").data?.accounts ?? [];
  const send = (form: FormData) =>
    call("POST", path + "/owner", { account: form.get("account") }).then(() =>
      touch(["incident"]),
    );
  return (
    <Ask title={t("assign")} send={t("assign")} onClose={onClose} onSend={send}>
      <Field label={t("owner")}>
        <select name="account" required>
          {accounts
            .filter((one) => one.active)
            .map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
        </select>
      </Field>
    </Ask>
  );
}

function Dialogs({
  incident,
  asking,
  onClose,
}: {
  incident: Data;
  asking: Asking;
  onClose: () => void;
}) {
  const path = "/incidents/" + encodeURIComponent(incident.id);
  const done = () => touch(["incident", "finding", "matrix"]);
  if (!asking) return null;
  if (asking.what === "assign") return <AssignDialog path={path} onClose={onClose} />;
  if (asking.what === "move") {
    return (
      <Ask
        title={tMaybe("move_", asking.to)}
        send={tMaybe("move_", asking.to)}
        onClose={onClose}
        intro={t("move_intro")}
        onSend={(form) =>
          call("POST", path + "/moves", { to: asking.to, reason: form.get("reason") }).then(done)
        }
      >
        <Field label={t("reason")}>
          <textarea name="reason" required minLength={5} rows={3} />
        </Field>
      </Ask>
    );
  }
  const send = (form: FormData) =>
    call("POST", path + "/entries", {
      body: form.get("body"),
      correction_of: asking.correcting?.id,
    }).then(done);
  return (
    <Ask
      title={t(asking.correcting ? "correct" : "entry_add")}
      send={t("save")}
      onClose={onClose}
      onSend={send}
      intro={
        asking.correcting ? t("correct_intro", { body: asking.correcting.body }) : t("entry_intro")
      }
    >
      <Field label={t("entry_body")}>
        <textarea name="body" required minLength={3} rows={4} />
      </Field>
    </Ask>
  );
}

function Body({ incident, ask }: { incident: Data; ask: (asking: Asking) => void }) {
  return (
    <>
      <States incident={incident} />
      <Clocks incident={incident} />
      <div class="cols">
        <div class="stack">
          <Card title={t("incident_machines")} acts={counted(incident.machines.length)} flush>
            {incident.machines.length ? (
              <Table
                rows={incident.machines}
                rowKey={(one) => one.id}
                label={t("incident_machines")}
                href={(one) => link("machine", one.id)}
                columns={[
                  {
                    head: t("machine"),
                    cell: (one) => (
                      <>
                        <a href={link("machine", one.id)}>
                          <b>{one.name}</b>
                        </a>
                        <small>{one.unit?.name}</small>
                      </>
                    ),
                  },
                  {
                    head: t("now"),
                    fold: t("now"),
                    cell: (one) => <VerdictSt verdict={one.verdict} />,
                  },
                  {
                    head: t("open_hits"),
                    fold: t("open_hits"),
                    num: true,
                    cell: (one) => one.open_hits,
                  },
                  {
                    head: t("last_sweep"),
                    fold: t("last_sweep"),
                    cell: (one) => moment(one.last_sweep_at),
                  },
                ]}
              />
            ) : (
              <Empty icon="pc" title={t("incident_no_machine")} />
            )}
          </Card>
          <Card title={t("evidence_of")} acts={counted(incident.findings.length)} flush>
            {incident.findings.length ? (
              <Table
                rows={incident.findings}
                rowKey={(one) => one.id}
                label={t("evidence_of")}
                columns={[
                  {
                    head: t("finding"),
                    cell: (one) => <FindingName one={one} />,
                  },
                  {
                    head: t("state"),
                    fold: t("state"),
                    cell: (one) => (
                      <St tone={findingTone(one.state)}>{tMaybe("finding_state_", one.state)}</St>
                    ),
                  },
                  { head: t("times"), fold: t("times"), num: true, cell: (one) => one.times },
                  { head: t("last"), fold: t("last"), cell: (one) => moment(one.last_at) },
                  { head: t("why"), fold: t("why"), cell: (one) => both(one.reason) },
                ]}
              />
            ) : (
              <Empty icon="inbox" title={t("evidence_none")} />
            )}
          </Card>
        </div>
        <Timeline
          incident={incident}
          onCorrect={(entry) => ask({ what: "note", correcting: entry })}
        />
      </div>
    </>
  );
}

export function IncidentPage({ id }: { id: string }) {
  const loaded = useGet<Data>("/incidents/" + encodeURIComponent(id), ["incident", "finding"]);
  const [asking, setAsking] = useState<Asking>(null);
  const incident = loaded.data;
  return (
    <Page
      title={incident?.number ?? t("incident")}
      path={[{ text: t("nav_incidents"), href: link("incidents") }]}
      heading={
        incident && (
          <>
            {incident.number} <span class="light">{incident.title}</span>
          </>
        )
      }
      sub={
        incident && (
          <span class="tags">
            <St tone={severityTone(incident.severity)} icon="fire">
              {t("severity_of", { severity: tMaybe("severity_", incident.severity) })}
            </St>
            <St tone="info" icon="pc">
              {tMaybe("class_", incident.class)}
            </St>
            <St tone="info" icon="shield">
              TLP:{incident.tlp.toUpperCase()}
            </St>
            <span>
              <a href={link("unit", incident.unit.id)}>{incident.unit.name}</a> ·{" "}
              {incident.owner ? (
                <>
                  {t("owner")} <b>{ownerName(incident.owner)}</b>
                </>
              ) : (
                <b>{t("owner_none")}</b>
              )}
            </span>
          </span>
        )
      }
      acts={incident && <Acts incident={incident} ask={setAsking} />}
    >
      <Wait of={loaded}>{(data) => <Body incident={data} ask={setAsking} />}</Wait>
      {incident && <Dialogs incident={incident} asking={asking} onClose={() => setAsking(null)} />}
    </Page>
  );
}
