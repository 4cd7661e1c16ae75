// The import wizard: file → columns → review → units and machines → write. Nothing is written
// until the last step.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call } from "../app/api";
import { touch, useGet } from "../app/live";
import { link } from "../app/route";
import { full } from "../app/time";
import type { Batch, Lists, ListKind, Preview } from "../app/types";
import { Field, useAct } from "../ui/dialog";
import { Drop } from "../ui/drop";
import { Icon } from "../ui/icon";
import { Note, St } from "../ui/marks";
import { Card, Page } from "../ui/page";
import { ProblemNote } from "../ui/states";
import { both, count, t, type Word } from "../words";
import { KindSt, Refusals, Sums } from "./import_parts";
import { Delta, Victims } from "./import_victims";

const steps: Word[] = ["step_file", "step_columns", "step_review", "step_units", "step_write"];

export type Change = {
  as?: string;
  kind?: ListKind;
  map?: Record<string, number>;
  zone_minutes?: number;
  source?: string;
};

function stepNote(n: number, preview: Preview | undefined): string {
  if (!preview) return "";
  if (n === 0) return t("step_file_note", { n: preview.counts.read });
  if (n === 1)
    return t("step_columns_note", {
      n: preview.columns.filter((one) => one.field).length,
      of: preview.columns.length,
    });
  if (n === 2)
    return preview.counts.refused
      ? t("step_review_note", { n: preview.counts.refused })
      : t("step_review_ok");
  if (n === 3)
    return preview.kind === "victim"
      ? t("step_units_note", {
          n: preview.victims.filter((one) => one.unit).length,
          of: preview.victims.length,
        })
      : t("step_units_none");
  return t("step_write_note");
}

function Steps({
  at,
  preview,
  onGo,
}: {
  at: number;
  preview?: Preview;
  onGo: (n: number) => void;
}) {
  return (
    <ol class="steps" aria-label={t("steps_label")}>
      {steps.map((word, n) => (
        <li key={word} class={n < at ? "done" : n === at ? "cur" : ""}>
          <button
            type="button"
            disabled={!preview}
            aria-current={n === at ? "step" : undefined}
            onClick={() => onGo(n)}
          >
            <i aria-hidden="true">{n < at ? <Icon name="check" small /> : n + 1}</i>
            <span>
              {t(word)}
              <small>{stepNote(n, preview)}</small>
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function FileStep({
  busy,
  onFile,
  onText,
}: {
  busy: boolean;
  onFile: (file: File) => void;
  onText: (text: string) => void;
}) {
  const [text, setText] = useState("");
  return (
    <div class="two">
      <Card title={t("import_file")}>
        <Drop
          icon="save"
          title={t("import_drop")}
          hint={t("import_formats")}
          busy={busy}
          onFiles={(files) => files[0] && onFile(files[0])}
        />
      </Card>
      <Card title={t("import_paste")}>
        <div class="form">
          <textarea
            rows={8}
            class="mono"
            value={text}
            aria-label={t("import_paste")}
            placeholder={t("import_paste_like")}
            spellcheck={false}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <div class="acts">
            <button
              class="btn go"
              type="button"
              disabled={!text.trim() || busy}
              onClick={() => onText(text)}
            >
              {t("import_read")}
            </button>
          </div>
        </div>
      </Card>
    </div>
  );
}

function Columns({
  preview,
  busy,
  onChange,
}: {
  preview: Preview;
  busy: boolean;
  onChange: (change: Change) => void;
}) {
  const mapWith = (index: number, field: string) => {
    const map: Record<string, number> = {};
    for (const column of preview.columns) {
      const now = column.index === index ? field : column.field === field ? "" : column.field;
      if (now) map[now] = column.index;
    }
    return map;
  };
  return (
    <Card
      title={t("step_columns")}
      note={t("columns_note", { n: preview.first_rows.length, line: preview.header_line })}
      flush
      acts={
        <label class="inline">
          <span class="small">{t("zone")}</span>
          <select
            value={String(preview.zone_minutes)}
            disabled={busy}
            onChange={(event) => onChange({ zone_minutes: Number(event.currentTarget.value) })}
          >
            <option value="420">{t("zone_vn")}</option>
            <option value="0">{t("zone_utc")}</option>
            {preview.zone_minutes !== 0 && preview.zone_minutes !== 420 && (
              <option value={String(preview.zone_minutes)}>UTC {preview.zone_minutes / 60}</option>
            )}
          </select>
        </label>
      }
    >
      <div class="scroll">
        <table class="tbl grid-preview">
          <caption class="sr">{t("step_columns")}</caption>
          <thead>
            <tr>
              <th scope="col">
                <span class="sr">{t("line")}</span>
              </th>
              {preview.columns.map((column) => (
                <th key={column.index} scope="col">
                  <select
                    value={column.field}
                    disabled={busy}
                    aria-label={t("column_means", {
                      name: column.name || String(column.index + 1),
                    })}
                    onChange={(event) =>
                      onChange({ map: mapWith(column.index, event.currentTarget.value) })
                    }
                  >
                    <option value="">{t("column_skip")}</option>
                    {preview.fields.map((field) => (
                      <option key={field.id} value={field.id}>
                        {both(field.label)}
                      </option>
                    ))}
                  </select>
                  <span class="sure-line">
                    {column.field &&
                      (column.sure ? (
                        <St tone="met">{t("column_sure")}</St>
                      ) : (
                        <St tone="soon">{t("column_unsure")}</St>
                      ))}
                  </span>
                  <span class="col-name break">
                    {column.name || t("column_n", { n: column.index + 1 })}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.first_rows.map((row) => (
              <tr key={row.line}>
                <td class="hint num">{row.line}</td>
                {preview.columns.map((column) => (
                  <td key={column.index} class={column.field ? "mono" : "mono dim"}>
                    {row.cells[column.index] || <span class="hint">{t("empty_cell")}</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function KindChoice({
  preview,
  busy,
  onChange,
}: {
  preview: Preview;
  busy: boolean;
  onChange: (change: Change) => void;
}) {
  return (
    <Note
      tone={preview.kind_sure ? "info" : "soon"}
      icon={preview.kind === "victim" ? "pc" : "net"}
      title={t(preview.kind === "victim" ? "kind_is_victim" : "kind_is_indicator")}
      acts={
        <div class="seg" role="group" aria-label={t("kind")}>
          {(["victim", "indicator"] as const).map((kind) => (
            <button
              key={kind}
              type="button"
              aria-pressed={preview.kind === kind}
              disabled={busy}
              onClick={() => onChange({ kind })}
            >
              {t(`list_kind_${kind}`)}
            </button>
          ))}
        </div>
      }
    >
      <p>{t(preview.kind_sure ? "kind_sure" : "kind_unsure")}</p>
    </Note>
  );
}

interface Written {
  batch: Batch;
  findings: number;
  orders: number;
}

function WriteStep({
  preview,
  sources,
  onWritten,
}: {
  preview: Preview;
  sources: Lists["sources"];
  onWritten: (done: Written) => void;
}) {
  const act = useAct();
  const submit = (event: Event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const map: Record<string, number> = {};
    for (const column of preview.columns) if (column.field) map[column.field] = column.index;
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const body = {
      upload: preview.upload,
      kind: preview.kind,
      source: text("source"),
      period: text("period"),
      letter: text("letter"),
      as: preview.format,
      map,
      zone_minutes: preview.zone_minutes,
    };
    void act.run(async () => {
      onWritten(await call<Written>("POST", "/lists", body));
      touch(["list", "finding", "matrix", "machine", "set"]);
    });
  };
  const machines = new Set(
    preview.victims.flatMap((one) => one.machines.map((machine) => machine.id)),
  ).size;
  return (
    <div class="cols">
      <Card title={t("step_write")} note={t("step_write_note")}>
        <form class="form" onSubmit={submit}>
          <Field label={t("source")} hint={t("source_hint")}>
            <input
              type="text"
              name="source"
              required
              list="sources"
              defaultValue={preview.source ?? ""}
              placeholder={t("source_like")}
            />
            <datalist id="sources">
              {sources.map((one) => (
                <option key={one.id} value={one.name} />
              ))}
            </datalist>
          </Field>
          <div class="pair">
            <Field label={t("period")} hint={t("period_hint")}>
              <input type="text" name="period" placeholder="12/2023" />
            </Field>
            <Field label={t("letter")}>
              <input type="text" name="letter" />
            </Field>
          </div>
          {act.problem && <ProblemNote problem={act.problem} />}
          <div class="acts">
            <button class="btn go" type="submit" disabled={act.busy || !preview.counts.good}>
              <Icon name="check" />
              {t("import_write", { n: preview.counts.good })}
            </button>
          </div>
        </form>
      </Card>
      <Card title={t("when_written")}>
        <ul class="prove">
          {preview.kind === "victim" ? (
            <>
              <li>
                <Icon name="pc" />
                <span>{t("write_queue", { n: machines })}</span>
                <span />
                <small>{t("write_queue_note")}</small>
              </li>
              <li>
                <Icon name="inbox" />
                <span>{t("write_findings", { n: preview.victims.length })}</span>
                <span />
                <small>{t("write_findings_note")}</small>
              </li>
              <li>
                <Icon name="grid" />
                <span>{t("write_cells")}</span>
                <span />
                <small>{t("write_cells_note")}</small>
              </li>
            </>
          ) : (
            <>
              <li>
                <Icon name="net" />
                <span>{t("write_set", { n: preview.counts.good })}</span>
                <span />
                <small>{t("write_set_note")}</small>
              </li>
              <li>
                <Icon name="back" />
                <span>{t("write_match")}</span>
                <span />
                <small>{t("write_match_note")}</small>
              </li>
            </>
          )}
          <li>
            <Icon name="save" />
            <span>{t("write_remember")}</span>
            <span />
            <small>{t("write_remember_note")}</small>
          </li>
        </ul>
      </Card>
    </div>
  );
}

function Done({ done, again }: { done: Written; again: () => void }) {
  return (
    <Note
      tone="met"
      live
      title={t("import_done", { n: done.batch.counts.good })}
      acts={
        <button class="btn" type="button" onClick={again}>
          {t("import_another")}
        </button>
      }
    >
      <p>
        {t("import_result", { n: done.findings, m: done.orders })}{" "}
        <a href={link("list", done.batch.id)}>{t("import_open_list")}</a> ·{" "}
        <a href={link("findings")}>{t("nav_findings")}</a> ·{" "}
        <a href={link("matrix")}>{t("matrix_page")}</a>
      </p>
    </Note>
  );
}

function Already({ batch }: { batch: Batch }) {
  return (
    <Note tone="soon" title={t("already_imported")} live>
      <p>
        {t("already_detail", { at: full(batch.received_at), by: batch.received_by })}{" "}
        <a href={link("list", batch.id)}>{t("import_open_list")}</a>
      </p>
    </Note>
  );
}

function Review({
  preview,
  busy,
  step,
  sources,
  change,
  onWritten,
}: {
  preview: Preview;
  busy: boolean;
  step: number;
  sources: Lists["sources"];
  change: (change: Change) => void;
  onWritten: (done: Written) => void;
}) {
  if (step === 1) {
    return (
      <>
        <KindChoice preview={preview} busy={busy} onChange={change} />
        <Columns preview={preview} busy={busy} onChange={change} />
      </>
    );
  }
  if (step === 2) {
    return (
      <div class="cols">
        <div class="stack">
          {preview.refused.length + preview.warned.length > 0 ? (
            <Refusals
              refused={preview.refused}
              warned={preview.warned}
              total={preview.counts.refused}
            />
          ) : (
            <Note tone="met" title={t("step_review_ok")}>
              <p>{t("review_ok_note")}</p>
            </Note>
          )}
        </div>
        <div class="stack">
          <Sums
            counts={preview.counts}
            distinct={preview.kind === "victim" ? preview.victims.length : undefined}
          />
        </div>
      </div>
    );
  }
  if (step === 3) {
    return preview.kind === "victim" ? (
      <div class="cols">
        <div class="stack">
          <Victims preview={preview} />
        </div>
        <div class="stack">
          <Delta preview={preview} />
        </div>
      </div>
    ) : (
      <Note tone="info" title={t("step_units_none")}>
        <p>{t("units_none_note")}</p>
      </Note>
    );
  }
  return <WriteStep preview={preview} sources={sources} onWritten={onWritten} />;
}

export function ImportPage() {
  const lists = useGet<Lists>("/lists", ["list"]);
  const act = useAct();
  const [preview, setPreview] = useState<Preview>();
  const [step, setStep] = useState(0);
  const [done, setDone] = useState<Written>();
  const reset = () => {
    setPreview(undefined);
    setDone(undefined);
    setStep(0);
    act.clear();
  };
  const read = (name: string, body: Blob | string) =>
    act.run(async () => {
      setDone(undefined);
      setPreview(
        await call<Preview>("POST", "/lists/preview", body, { raw: true, query: { name } }),
      );
      setStep(1);
    });
  const change = (next: Change) =>
    act.run(async () => {
      if (preview)
        setPreview(
          await call<Preview>("POST", "/lists/preview/" + encodeURIComponent(preview.upload), next),
        );
    });
  return (
    <Page
      title={t("import_title")}
      path={[{ text: t("nav_lists"), href: link("lists") }]}
      sub={
        preview ? (
          <>
            <b class="break">{preview.file_name || t("pasted")}</b> · {preview.format} ·{" "}
            {preview.encoding}. {!done && t("nothing_written")}
          </>
        ) : (
          t("import_sub")
        )
      }
      acts={
        preview &&
        !done && (
          <>
            <button class="btn" type="button" onClick={reset}>
              {t("import_drop_it")}
            </button>
            {step > 1 && (
              <button class="btn" type="button" onClick={() => setStep(step - 1)}>
                {t("back")}
              </button>
            )}
            {step < 4 && (
              <button
                class="btn go"
                type="button"
                disabled={act.busy}
                onClick={() => setStep(step + 1)}
              >
                {t("next")}
                <Icon name="right" />
              </button>
            )}
          </>
        )
      }
    >
      <Steps at={done ? 5 : step} preview={done ? undefined : preview} onGo={setStep} />
      {act.problem && <ProblemNote problem={act.problem} />}
      {done && <Done done={done} again={reset} />}
      {!done && preview?.already && <Already batch={preview.already} />}
      {!done && preview && step > 0 && (
        <div class="stack" aria-busy={act.busy}>
          <p class="small muted">
            <KindSt kind={preview.kind} />{" "}
            {t("preview_line", {
              good: count(preview.counts.good),
              read: count(preview.counts.read),
              format: preview.format,
            })}
          </p>
          <Review
            preview={preview}
            busy={act.busy}
            step={step}
            sources={lists.data?.sources ?? []}
            change={(next) => void change(next)}
            onWritten={setDone}
          />
        </div>
      )}
      {!done && (!preview || step === 0) && (
        <FileStep
          busy={act.busy}
          onFile={(file) => void read(file.name, file)}
          onText={(text) => void read(t("pasted") + ".txt", text)}
        />
      )}
    </Page>
  );
}
