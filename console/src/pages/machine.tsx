// One machine: the verdict first and what is still needed, then hits, connections, sweeps,
// findings, orders, inventory.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call, session } from "../app/api";
import { touch, useGet } from "../app/live";
import { link } from "../app/route";
import { useStore } from "../app/store";
import { ago, day, full, moment } from "../app/time";
import type { MachinePage as Data, Verdict } from "../app/types";
import { Ask, Field, useAct } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Fig, Note, St, verdictTone, type Tone } from "../ui/marks";
import { Card, Facts, Page } from "../ui/page";
import { Empty, ProblemNote, Wait } from "../ui/states";
import { both, count, t, tMaybe, type Word } from "../words";
import { MachineTraffic } from "./machine_contacts";
import { Connections, Findings, Hits, InventoryCard, Orders, Sweeps } from "./machine_parts";

const verdictTitles: Record<Verdict, Word> = {
  clean: "machine_clean",
  infected: "machine_infected",
  unknown: "machine_unknown",
  stale: "machine_stale",
};

const met = (state: string) =>
  state === "met" || state === "ok" || state === "clean" || state === "done";

function proofTone(state: string): Tone {
  if (met(state)) return "met";
  return state === "unknown" ? "unknown" : state === "waived" ? "waived" : "unmet";
}

function VerdictNote({ machine }: { machine: Data }) {
  const proof = machine.proof ?? [];
  const done = proof.filter((one) => met(one.state)).length;
  const still = proof.filter((one) => !met(one.state));
  return (
    <Note tone={verdictTone(machine.verdict)} title={t(verdictTitles[machine.verdict])} live>
      <p>
        {still.length
          ? t("machine_needed") + " " + still.map((one) => both(one.title)).join("; ") + ". "
          : ""}
        {proof.length > 0 && <b>{t("machine_done", { n: done, of: proof.length })}</b>}
      </p>
    </Note>
  );
}

function ProofCard({ machine }: { machine: Data }) {
  const proof = machine.proof ?? [];
  return (
    <Card title={t("machine_proof")} note={t("machine_proof_note")}>
      {proof.length ? (
        <ul class="prove">
          {proof.map((one, n) => (
            <li key={n} class={"txt " + proofTone(one.state)}>
              <Icon name={met(one.state) ? "check" : one.state === "unknown" ? "q" : "x"} />
              <span class="ink">{both(one.title)}</span>
              {one.at ? <time dateTime={one.at}>{moment(one.at)}</time> : <span />}
              <small>{both(one.detail)}</small>
            </li>
          ))}
        </ul>
      ) : (
        <Empty icon="q" title={t("evidence_none")} />
      )}
    </Card>
  );
}

function Figures({ machine }: { machine: Data }) {
  const matched = (machine.connections ?? []).filter((one) => one.list);
  const last = (machine.sweeps ?? [])[0];
  return (
    <dl class="figs">
      <Fig
        label={t("last_sweep")}
        value={<span class="fig-text">{ago(machine.last_sweep_at)}</span>}
      >
        {last ? t("files_n", { n: last.files }) : t("sweep_never")}
      </Fig>
      <Fig
        label={t("open_hits")}
        value={count(machine.open_hits)}
        tone={machine.open_hits ? "unmet" : undefined}
      >
        {t("hits_note")}
      </Fig>
      <Fig
        label={t("matched_connections")}
        value={count(matched.length)}
        tone={matched.length ? "unmet" : undefined}
      >
        {t("of_connections", { n: (machine.connections ?? []).length })}
      </Fig>
      <Fig label={t("last_seen")} value={<span class="fig-text">{ago(machine.last_seen_at)}</span>}>
        {machine.listed ? t("listed_long") : t("listed_not")}
      </Fig>
    </dl>
  );
}

function Acts({ machine }: { machine: Data }) {
  const act = useAct();
  const admin = useStore(session)?.account?.role === "administrator";
  const [revoking, setRevoking] = useState(false);
  const [said, setSaid] = useState(false);
  const waiting = (machine.orders ?? []).some(
    (one) => one.kind === "sweep" && (one.state === "waiting" || one.state === "sent"),
  );
  const order = (kind: string) =>
    act.run(async () => {
      await call("POST", `/machines/${encodeURIComponent(machine.id)}/orders`, { kind });
      setSaid(true);
      touch(["machine"]);
    });
  return (
    <>
      {act.problem && <ProblemNote problem={act.problem} />}
      {said && !act.problem && (
        <span class="small muted" role="status">
          {t("order_sent")}
        </span>
      )}
      {admin && machine.state === "active" && (
        <button class="btn bad" type="button" onClick={() => setRevoking(true)}>
          <Icon name="x" />
          {t("revoke")}
        </button>
      )}
      <button class="btn" type="button" disabled={act.busy} onClick={() => void order("inventory")}>
        <Icon name="list" />
        {t("inventory_now")}
      </button>
      <button
        class="btn go"
        type="button"
        disabled={act.busy || waiting}
        onClick={() => void order("sweep")}
      >
        <Icon name="find" />
        {t(waiting ? "sweep_waiting" : "sweep_now")}
      </button>
      {revoking && (
        <Ask
          title={t("revoke")}
          intro={t("revoke_intro", { name: machine.name })}
          send={t("revoke")}
          danger
          onClose={() => setRevoking(false)}
          onSend={(form) =>
            call("POST", `/machines/${encodeURIComponent(machine.id)}/revoke`, {
              reason: form.get("reason"),
            }).then(() => touch(["machine"]))
          }
        >
          <Field label={t("reason")}>
            <textarea name="reason" required minLength={5} rows={3} />
          </Field>
        </Ask>
      )}
    </>
  );
}

function Body({ machine }: { machine: Data }) {
  return (
    <>
      <VerdictNote machine={machine} />
      <Figures machine={machine} />
      <div class="cols">
        <div class="stack">
          <Hits machine={machine} />
          <Connections machine={machine} />
          <MachineTraffic machine={machine} />
          <Sweeps machine={machine} />
          <Findings machine={machine} />
          <InventoryCard machine={machine} />
        </div>
        <div class="stack">
          <ProofCard machine={machine} />
          <Card title={t("this_machine")}>
            <Facts
              rows={[
                [t("unit"), <a href={link("unit", machine.unit.id)}>{machine.unit.name}</a>],
                [t("state"), tMaybe("machine_state_", machine.state)],
                [t("kind"), tMaybe("machine_kind_", machine.kind)],
                [t("os"), [machine.os_name, machine.os_build].filter(Boolean).join(", ")],
                [t("addresses"), <span class="mono break">{machine.addresses.join(", ")}</span>],
                [t("serial"), machine.serial ?? ""],
                [t("location"), machine.location ?? ""],
                [t("agent"), machine.agent_version ?? ""],
                [t("enrolled"), machine.enrolled_at ? full(machine.enrolled_at) : ""],
                [
                  t("certificate"),
                  machine.certificate_until
                    ? t("until_day", { at: day(machine.certificate_until) })
                    : "",
                ],
              ]}
            />
          </Card>
          <Orders machine={machine} />
        </div>
      </div>
    </>
  );
}

export function MachinePage({ id }: { id: string }) {
  const loaded = useGet<Data>("/machines/" + encodeURIComponent(id), ["machine", "finding"]);
  const machine = loaded.data;
  return (
    <Page
      title={machine?.name ?? t("machine")}
      path={[{ text: t("machines"), href: link("machines") }]}
      heading={
        machine && (
          <>
            {machine.name} <span class="light">{machine.unit.name}</span>
          </>
        )
      }
      sub={
        machine && (
          <>
            {machine.addresses[0] && (
              <>
                <span class="mono">{machine.addresses[0]}</span> ·{" "}
              </>
            )}
            {machine.os_name && machine.os_name + " · "}
            {t("seen_ago", { ago: ago(machine.last_seen_at) })}
            {machine.listed && (
              <>
                {" "}
                ·{" "}
                <St tone="unmet" icon="fire">
                  {t("listed")}
                </St>
              </>
            )}
          </>
        )
      }
      acts={machine && <Acts machine={machine} />}
    >
      <Wait of={loaded}>{(data) => <Body machine={data} />}</Wait>
    </Page>
  );
}
