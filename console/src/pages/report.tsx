// A report as it will be signed: the sheet, its numbered figures with their evidence, the weak
// ones, the fields to fill.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call, download } from "../app/api";
import { touch, useGet } from "../app/live";
import { link } from "../app/route";
import { dateInput, day, full, moment, startOfDay } from "../app/time";
import type { Figure, ReportPage as Data } from "../app/types";
import { Ask, Field, useAct } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { St } from "../ui/marks";
import { Page } from "../ui/page";
import { ProblemNote, Wait } from "../ui/states";
import { both, t, tMaybe } from "../words";
import { Sheet } from "./report_sheet";
import { reportTone } from "./reports";

const life = ["draft", "submitted", "signed", "issued"] as const;

function Steps({ report }: { report: Data }) {
  const at = life.indexOf(report.state as (typeof life)[number]);
  return (
    <ol class="steps" aria-label={t("state")}>
      {life.map((state, n) => (
        <li key={state} class={n < at ? "done" : n === at ? "cur" : ""}>
          <span class="step" aria-current={n === at ? "step" : undefined}>
            <i aria-hidden="true">{n < at ? <Icon name="check" small /> : n + 1}</i>
            <span>
              {t(`document_${state}`)}
              <small>{t(`document_${state}_note`)}</small>
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}

const pagesOf: Record<string, string> = {
  matrix: "matrix",
  machines: "machines",
  machine: "machine",
  findings: "findings",
  finding: "findings",
  units: "units",
  unit: "unit",
  lists: "lists",
  list: "list",
  incidents: "incidents",
  incident: "incident",
};

function figureHref(figure: Figure): string | undefined {
  const page = figure.link && pagesOf[figure.link.page];
  if (!page) return undefined;
  const query = figure.link?.query;
  if (typeof query === "string") return link(page) + (query ? "?" + query.replace(/^\?/, "") : "");
  return link(page, "", query ?? {});
}

function Figures({
  report,
  chosen,
  onChoose,
}: {
  report: Data;
  chosen?: number;
  onChoose: (n: number) => void;
}) {
  return (
    <section>
      <h3>{t("figures")}</h3>
      <ul class="prove">
        {report.figures.map((one) => {
          const href = figureHref(one);
          return (
            <li
              key={one.number}
              id={"e" + one.number}
              class={one.number === chosen ? "on" : undefined}
            >
              <button
                class="k"
                type="button"
                aria-label={t("figure_n", { n: one.number })}
                onClick={() => onChoose(one.number)}
              >
                {one.number}
              </button>
              <span>{both(one.label)}</span>
              <span class="v">{one.value}</span>
              {href && (
                <small>
                  <a href={href}>{t("figure_open")}</a>
                </small>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Weak({ report }: { report: Data }) {
  return (
    <section>
      <h3>{t("weak")}</h3>
      <ul class="prove">
        {report.weak.map((one, n) => (
          <li key={n} class="txt soon">
            <Icon name="clock" />
            <span class="ink">{both(one.label)}</span>
            <span />
            <small>{both(one.why)}</small>
          </li>
        ))}
        {!report.weak.length && (
          <li class="txt met">
            <Icon name="check" />
            <span class="ink">{t("weak_none")}</span>
          </li>
        )}
      </ul>
    </section>
  );
}

function FieldsDialog({ report, onClose }: { report: Data; onClose: () => void }) {
  const { fields } = report;
  const send = (form: FormData) => {
    const text = (name: string) => String(form.get(name) ?? "").trim();
    return call("PATCH", "/reports/" + encodeURIComponent(report.id), {
      place: text("place"),
      signer: text("signer"),
      signer_title: text("signer_title"),
      authority: text("authority"),
      number: text("number"),
      signed_on: text("signed_on") ? startOfDay(text("signed_on")) : null,
      recipients: text("recipients")
        .split("\n")
        .map((one) => one.trim())
        .filter(Boolean),
    }).then(() => touch(["report"]));
  };
  return (
    <Ask
      title={t("fields")}
      send={t("save")}
      onClose={onClose}
      onSend={send}
      intro={t("fields_intro")}
    >
      <div class="pair">
        <Field label={t("doc_number")} hint={t("doc_number_hint")}>
          <input type="text" name="number" defaultValue={fields.number} />
        </Field>
        <Field label={t("doc_date")}>
          <input type="date" name="signed_on" defaultValue={dateInput(fields.signed_on)} />
        </Field>
      </div>
      <Field label={t("place")}>
        <input type="text" name="place" defaultValue={fields.place} />
      </Field>
      <div class="pair">
        <Field label={t("authority")} hint={t("authority_hint")}>
          <input type="text" name="authority" defaultValue={fields.authority} />
        </Field>
        <Field label={t("signer_title")}>
          <input type="text" name="signer_title" defaultValue={fields.signer_title} />
        </Field>
      </div>
      <Field label={t("signer")}>
        <input type="text" name="signer" defaultValue={fields.signer} />
      </Field>
      <Field label={t("recipients")} hint={t("recipients_hint")}>
        <textarea name="recipients" rows={4} defaultValue={(fields.recipients ?? []).join("\n")} />
      </Field>
    </Ask>
  );
}

function Side({
  report,
  chosen,
  onChoose,
  onFields,
}: {
  report: Data;
  chosen?: number;
  onChoose: (n: number) => void;
  onFields: () => void;
}) {
  const act = useAct();
  const save = (kind: string) =>
    act.run(() =>
      download("GET", `/reports/${encodeURIComponent(report.id)}/file.${kind}`, "bao-cao." + kind),
    );
  const { fields } = report;
  const missing = [
    [fields.number, "doc_number"],
    [fields.signed_on, "doc_date"],
    [fields.signer, "signer"],
  ].filter(([value]) => !value);
  return (
    <aside class="panel side" aria-label={t("figures_and_evidence")}>
      <header>
        <h2>{t("figures_and_evidence")}</h2>
        <p class="small muted">
          {t("figures_frozen", { n: report.figures.length, at: moment(report.made_at) })}{" "}
          <span class="mono" title={report.sha256}>
            {report.sha256.slice(0, 4)}…{report.sha256.slice(-4)}
          </span>
        </p>
      </header>
      <section>
        <h3>{t("fields")}</h3>
        <p class="small">
          {missing.length ? (
            <span class="txt soon">
              {t("fields_missing", {
                names: missing.map(([, word]) => t(word as "signer").toLowerCase()).join(", "),
              })}
            </span>
          ) : (
            <span class="txt met">
              {t("fields_full", { number: fields.number, at: day(fields.signed_on) })}
            </span>
          )}
        </p>
        <button class="btn" type="button" onClick={onFields}>
          <Icon name="note" />
          {t("fields_fill")}
        </button>
      </section>
      <Weak report={report} />
      <Figures report={report} chosen={chosen} onChoose={onChoose} />
      <footer>
        {act.problem && <ProblemNote problem={act.problem} />}
        {["docx", "pdf"].map((kind) => (
          <button
            key={kind}
            class="btn"
            type="button"
            disabled={act.busy}
            onClick={() => void save(kind)}
          >
            <Icon name="save" />
            {kind.toUpperCase()}
          </button>
        ))}
      </footer>
    </aside>
  );
}

const nextState: Record<string, string> = {
  draft: "submitted",
  submitted: "signed",
  signed: "issued",
};

function Acts({ report }: { report: Data }) {
  const act = useAct();
  const to = nextState[report.state];
  const move = () =>
    act.run(async () => {
      await call("POST", `/reports/${encodeURIComponent(report.id)}/moves`, { to });
      touch(["report"]);
    });
  return (
    <>
      {act.problem && <ProblemNote problem={act.problem} />}
      <button class="btn" type="button" onClick={() => print()}>
        <Icon name="print" />
        {t("print")}
      </button>
      {to && (
        <button class="btn go" type="button" disabled={act.busy} onClick={() => void move()}>
          {tMaybe("document_to_", to)}
          <Icon name="right" />
        </button>
      )}
    </>
  );
}

function Body({ report }: { report: Data }) {
  const [chosen, setChosen] = useState<number>();
  const [fields, setFields] = useState(false);
  const choose = (n: number, to: string) => {
    setChosen(n);
    document.getElementById(to + n)?.scrollIntoView({ block: "nearest" });
  };
  return (
    <>
      <Steps report={report} />
      <div class="cols">
        <Sheet report={report} chosen={chosen} onChoose={(n) => choose(n, "e")} />
        <Side
          report={report}
          chosen={chosen}
          onChoose={(n) => choose(n, "f")}
          onFields={() => setFields(true)}
        />
      </div>
      {fields && <FieldsDialog report={report} onClose={() => setFields(false)} />}
    </>
  );
}

export function ReportPage({ id }: { id: string }) {
  const loaded = useGet<Data>("/reports/" + encodeURIComponent(id), ["report"]);
  const report = loaded.data;
  return (
    <Page
      title={report ? both(report.title) : t("report")}
      path={[{ text: t("nav_reports"), href: link("reports") }]}
      sub={
        report && (
          <>
            <St tone={reportTone(report.state)}>{tMaybe("document_", report.state)}</St>{" "}
            {t("report_made", { at: full(report.made_at), by: report.made_by })} {t("report_rule")}
          </>
        )
      }
      acts={report && <Acts report={report} />}
    >
      <Wait of={loaded}>{(data) => <Body report={data} />}</Wait>
    </Page>
  );
}
