// A cell opened to its proof: measures with what is missing, evidence newest first, what was
// urged, and what one can do.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from "preact/hooks";
import { call, session } from "../app/api";
import { touch, useGet } from "../app/live";
import { link } from "../app/route";
import { useStore } from "../app/store";
import { day, endOfDay, full, inputDay, late, moment } from "../app/time";
import type { Evidence, Measure, Missing, Proof } from "../app/types";
import { Ask, Field, useAct } from "../ui/dialog";
import { Icon, type IconName } from "../ui/icon";
import { Five, St, cellTone, stateWord, toneIcon } from "../ui/marks";
import { ProblemNote, Wait } from "../ui/states";
import { both, t, tMaybe } from "../words";

const evidenceIcon: Record<string, IconName> = {
  sweep: "pc",
  inventory: "list",
  contact: "net",
  victim: "fire",
  attestation: "hand",
  report: "doc",
};

function evidenceTone(one: Evidence): string {
  if (one.kind === "attestation") return "said";
  if (["met", "clean", "closed", "verified", "ok"].includes(one.state)) return "met";
  if (["not_met", "infected", "open", "new", "hit"].includes(one.state)) return "unmet";
  return one.state === "unknown" ? "unknown" : "info";
}

const MISSING_SHOWN = 6;

function MissingRows({ measure }: { measure: Measure }) {
  const [all, setAll] = useState(false);
  const rows = all ? measure.missing : measure.missing.slice(0, MISSING_SHOWN);
  if (!rows.length) return null;
  return (
    <small>
      {rows.map((row, n) => (
        <MissingRow key={n} row={row} />
      ))}
      {measure.missing_total > rows.length &&
        (measure.missing.length > rows.length ? (
          <button class="linkish" type="button" onClick={() => setAll(true)}>
            {t("missing_more", { n: measure.missing_total - rows.length })}
          </button>
        ) : (
          <span>{t("missing_rest", { n: measure.missing_total - rows.length })}</span>
        ))}
    </small>
  );
}

function MissingRow({ row }: { row: Missing }) {
  return (
    <span class="missing">
      {row.machine && <a href={link("machine", row.machine.id)}>{row.machine.name}</a>}
      {row.finding && (
        <a href={link("findings", "", { q: row.finding.title })}>{row.finding.title}</a>
      )}
      {(row.machine || row.finding) && ": "}
      {both(row.why)}
    </span>
  );
}

function MeasureRow({ measure }: { measure: Measure }) {
  const tone = cellTone(measure.state, measure.proved_by);
  return (
    <li class={"txt " + tone}>
      <Icon name={toneIcon(tone)} />
      <span class="ink">{both(measure.title)}</span>
      <span
        class="v"
        aria-label={
          stateWord(measure.state, measure.proved_by) + " " + measure.met + "/" + measure.total
        }
      >
        {measure.met}/{measure.total}
      </span>
      <MissingRows measure={measure} />
    </li>
  );
}

function EvidenceRow({ one }: { one: Evidence }) {
  const pages: Record<string, string> = { machine: "machine", incident: "incident", list: "list" };
  const page = one.link ? pages[one.link.page] : undefined;
  return (
    <li>
      <Icon name={evidenceIcon[one.kind] ?? "note"} cls={"txt " + evidenceTone(one)} />
      <span>
        {page && one.link ? (
          <a href={link(page, one.link.id)}>{both(one.title)}</a>
        ) : (
          both(one.title)
        )}
      </span>
      <time dateTime={one.at} title={full(one.at)}>
        {moment(one.at)}
      </time>
      <small>{both(one.detail)}</small>
    </li>
  );
}

function History({ proof, office }: { proof: Proof; office: boolean }) {
  const act = useAct();
  const end = async (id: string) => {
    await call("DELETE", "/waivers/" + encodeURIComponent(id));
    touch(["matrix"]);
  };
  return (
    <>
      {proof.waiver && (
        <section>
          <h3>{t("waiver")}</h3>
          <p class="small">{proof.waiver.reason}</p>
          <p class="hint">{t("waiver_by", { by: proof.waiver.by, at: day(proof.waiver.until) })}</p>
          {office && (
            <button
              class="btn"
              type="button"
              disabled={act.busy}
              onClick={() => void act.run(() => end(proof.waiver!.id))}
            >
              {t("waiver_end")}
            </button>
          )}
          {act.problem && <ProblemNote problem={act.problem} />}
        </section>
      )}
      {proof.attestations.length > 0 && (
        <section>
          <h3>{t("attestations")}</h3>
          <ul class="prove">
            {proof.attestations.map((one) => (
              <li key={one.id}>
                <Icon name="hand" cls="txt said" />
                <span>{one.body}</span>
                <time dateTime={one.at}>{moment(one.at)}</time>
                <small>{t("attested_by", { by: one.by })}</small>
              </li>
            ))}
          </ul>
        </section>
      )}
      {proof.urges.length > 0 && (
        <section>
          <h3>{t("urges")}</h3>
          <ul class="prove">
            {proof.urges.map((one) => (
              <li key={one.id}>
                <Icon name="bell" cls={"txt " + (one.level > 1 ? "unmet" : "soon")} />
                <span>
                  {tMaybe("urge_level_", String(one.level)) || t("urge_level", { n: one.level })}
                </span>
                <time dateTime={one.at}>{moment(one.at)}</time>
                <small>
                  {tMaybe("channel_", one.channel)},{" "}
                  {one.read_at ? t("urge_read", { at: moment(one.read_at) }) : t("urge_unread")} ·{" "}
                  {one.by}
                </small>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

type Asking = "urge" | "waive" | "attest" | null;

function Acts({ proof, directive, office }: { proof: Proof; directive: string; office: boolean }) {
  const [asking, setAsking] = useState<Asking>(null);
  const what = { directive, unit: proof.unit.id, clause: proof.clause.id };
  const done = () => touch(["matrix"]);
  const shut = () => setAsking(null);
  const level = proof.urges.reduce((top, one) => Math.max(top, one.level), 0) + 1;
  const open = proof.state === "not_met" || proof.state === "unknown";
  const attest = (form: FormData) =>
    call("POST", "/attestations", {
      ...what,
      measure: form.get("measure"),
      body: form.get("body"),
    }).then(done);
  const waive = (form: FormData) =>
    call("POST", "/waivers", {
      ...what,
      reason: form.get("reason"),
      until: endOfDay(String(form.get("until"))),
    }).then(done);
  const urge = () =>
    call("POST", "/urges", { directive, clause: proof.clause.id, units: [proof.unit.id] }).then(
      done,
    );
  return (
    <footer>
      {office && open && (
        <button class="btn go" type="button" onClick={() => setAsking("urge")}>
          <Icon name="bell" />
          {t("urge_rung", { n: Math.min(level, 3) })}
        </button>
      )}
      <button class="btn" type="button" onClick={() => setAsking("attest")}>
        <Icon name="hand" />
        {t("attest")}
      </button>
      {office && !proof.waiver && (
        <button class="btn" type="button" onClick={() => setAsking("waive")}>
          <Icon name="pass" />
          {t("waive")}
        </button>
      )}
      {asking === "urge" && (
        <Ask
          title={t("urge")}
          send={t("urge_send")}
          onClose={shut}
          onSend={urge}
          intro={t("urge_intro_one", { name: proof.unit.name, clause: proof.clause.label })}
        />
      )}
      {asking === "waive" && (
        <Ask
          title={t("waiver")}
          send={t("waive")}
          onClose={shut}
          onSend={waive}
          intro={t("waive_intro", { name: proof.unit.name, clause: proof.clause.label })}
        >
          <Field label={t("reason")}>
            <textarea name="reason" required minLength={5} rows={3} />
          </Field>
          <Field label={t("waive_until")} hint={t("waive_until_hint")}>
            <input type="date" name="until" required min={inputDay(1)} defaultValue={inputDay(14)} />
          </Field>
        </Ask>
      )}
      {asking === "attest" && (
        <Ask
          title={t("attest")}
          send={t("attest_send")}
          onClose={shut}
          onSend={attest}
          intro={t("attest_intro")}
        >
          <Field label={t("measure")}>
            <select name="measure">
              {proof.measures.map((one) => (
                <option key={one.id} value={one.id}>
                  {both(one.title)}
                </option>
              ))}
            </select>
          </Field>
          <Field label={t("attest_body")}>
            <textarea name="body" required minLength={5} rows={4} />
          </Field>
        </Ask>
      )}
    </footer>
  );
}

function Body({ proof, directive }: { proof: Proof; directive: string }) {
  const account = useStore(session)?.account;
  const office = account?.role === "office" || account?.role === "administrator";
  return (
    <>
      <section>
        <h3>
          {t("measured", { at: moment(proof.as_of), n: proof.seen, of: proof.expected })}{" "}
          <Five seen={proof.seen} expected={proof.expected} />
        </h3>
        <ul class="prove">
          {proof.measures.map((one) => (
            <MeasureRow key={one.id} measure={one} />
          ))}
        </ul>
      </section>
      <section>
        <h3>{t("evidence_newest")}</h3>
        {proof.evidence.length ? (
          <ul class="prove">
            {proof.evidence.map((one, n) => (
              <EvidenceRow key={n} one={one} />
            ))}
          </ul>
        ) : (
          <p class="small muted">{t("evidence_none")}</p>
        )}
      </section>
      <History proof={proof} office={office} />
      {proof.clause.quote && (
        <section>
          <h3>{t("clause_quote")}</h3>
          <blockquote class="small">{both(proof.clause.quote)}</blockquote>
        </section>
      )}
      <Acts proof={proof} directive={directive} office={office} />
    </>
  );
}

export function ProofPanel({
  unit,
  clause,
  directive,
  onClose,
}: {
  unit: string;
  clause: string;
  directive: string;
  onClose: () => void;
}) {
  const path = `/matrix/${encodeURIComponent(unit)}/${encodeURIComponent(clause)}?directive=${encodeURIComponent(directive)}`;
  const loaded = useGet<Proof>(path, ["matrix", "machine", "finding"]);
  const proof = loaded.data;
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus({ preventScroll: true }), [unit, clause]);
  return (
    <aside class="panel" ref={box} tabIndex={-1} aria-label={t("proof_label")}>
      <header>
        <button class="btn bare sq x" type="button" aria-label={t("close_esc")} onClick={onClose}>
          <Icon name="x" />
        </button>
        <p class="hint">
          {proof
            ? t("clause_n", { n: proof.clause.label }) + " · " + both(proof.clause.title)
            : t("loading")}
        </p>
        <h2>{proof?.unit.name ?? "…"}</h2>
        {proof && (
          <p class="verdict">
            <St tone={cellTone(proof.state, proof.proved_by)}>
              {stateWord(proof.state, proof.proved_by)}
            </St>{" "}
            <span class="small">
              {proof.late_days > 0 ? late(proof.late_days) + ", " : ""}
              {proof.due_at ? t("due_at", { at: full(proof.due_at) }) : t("due_none")}
            </span>
          </p>
        )}
      </header>
      <Wait of={loaded}>{(data) => <Body proof={data} directive={directive} />}</Wait>
    </aside>
  );
}
