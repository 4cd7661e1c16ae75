// The tree of units, dated: who is below whom, how many machines report, what is open.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call, download, session } from "../app/api";
import { matches } from "../app/fold";
import { touch, useGet } from "../app/live";
import { link, route } from "../app/route";
import { useStore } from "../app/store";
import { dateOf, day } from "../app/time";
import type { T, Unit } from "../app/types";
import { Ask, Dialog, Field, useAct } from "../ui/dialog";
import { FilterLine } from "../ui/filter";
import { Icon } from "../ui/icon";
import { Five, Note, St } from "../ui/marks";
import { Card, Page } from "../ui/page";
import { Empty, ProblemNote, Wait } from "../ui/states";
import { Table, counted } from "../ui/table";
import { both, count, t } from "../words";

interface Placed {
  unit: Unit;
  depth: number;
}

/**
 * Parents before children, siblings by name; a unit whose parent is out of sight stands at the
 * top.
 */
function placed(units: Unit[]): Placed[] {
  const below = new Map<string, Unit[]>();
  const known = new Set(units.map((unit) => unit.id));
  for (const unit of units) {
    const parent = unit.parent_id && known.has(unit.parent_id) ? unit.parent_id : "";
    below.set(parent, [...(below.get(parent) ?? []), unit]);
  }
  const out: Placed[] = [];
  const walk = (id: string, depth: number) => {
    const children = (below.get(id) ?? []).sort(
      (a, b) =>
        a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name, "vi", { numeric: true }),
    );
    for (const unit of children) {
      if (out.length > units.length) return;
      out.push({ unit, depth });
      walk(unit.id, depth + 1);
    }
  };
  walk("", 0);
  return out;
}

interface ImportResult {
  rows: number;
  created: number;
  changed: number;
  same: number;
  refused: { line: number; why: T }[];
  written: boolean;
}

const kinds = ["units", "people", "ranges", "systems", "machines"] as const;

function ImportDialog({ onClose }: { onClose: () => void }) {
  const act = useAct();
  const [kind, setKind] = useState<string>("units");
  const [conflict, setConflict] = useState("stop");
  const [file, setFile] = useState<File>();
  const [result, setResult] = useState<ImportResult>();
  const run = (dry: boolean) =>
    act.run(async () => {
      const query = { dry_run: dry ? 1 : undefined, on_conflict: conflict };
      setResult(await call<ImportResult>("POST", "/import/" + kind, file, { raw: true, query }));
      if (!dry) touch(["unit", "matrix", "machine"]);
    });
  return (
    <Dialog title={t("registry_import")} onClose={onClose} wide>
      <div class="form">
        <Field label={t("registry_what")}>
          <select
            value={kind}
            onChange={(event) => {
              setKind(event.currentTarget.value);
              setResult(undefined);
            }}
          >
            {kinds.map((one) => (
              <option key={one} value={one}>
                {t(`registry_${one}`)}
              </option>
            ))}
          </select>
        </Field>
        <Field label={t("registry_conflict")}>
          <select
            value={conflict}
            onChange={(event) => {
              setConflict(event.currentTarget.value);
              setResult(undefined);
            }}
          >
            <option value="stop">{t("conflict_stop")}</option>
            <option value="skip">{t("conflict_skip")}</option>
            <option value="update">{t("conflict_update")}</option>
          </select>
        </Field>
        <Field label={t("csv_file")}>
          <input
            type="file"
            accept=".csv,text/csv"
            onChange={(event) => {
              setFile(event.currentTarget.files?.[0]);
              setResult(undefined);
            }}
          />
        </Field>
        {act.problem && <ProblemNote problem={act.problem} />}
        {result && (
          <Note
            tone={result.refused.length ? "soon" : "met"}
            live
            title={t(result.written ? "registry_written" : "registry_checked")}
          >
            <p>
              {t("registry_counts", {
                rows: result.rows,
                created: result.created,
                changed: result.changed,
                same: result.same,
                refused: result.refused.length,
              })}
            </p>
            <ul class="lines">
              {result.refused.slice(0, 50).map((one) => (
                <li key={one.line}>
                  <b>{t("line_n", { n: one.line })}</b> {both(one.why)}
                </li>
              ))}
            </ul>
          </Note>
        )}
        <div class="acts">
          <button
            class="btn"
            type="button"
            disabled={!file || act.busy}
            onClick={() => void run(true)}
          >
            {t("registry_try")}
          </button>
          <button
            class="btn go"
            type="button"
            disabled={!result || result.written || act.busy}
            onClick={() => void run(false)}
          >
            {t("registry_write")}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function ExportDialog({ onClose }: { onClose: () => void }) {
  return (
    <Ask
      title={t("registry_export")}
      send={t("save_csv")}
      onClose={onClose}
      onSend={(form) =>
        download(
          "GET",
          `/export/${String(form.get("kind"))}?separator=${encodeURIComponent(String(form.get("separator")))}`,
          String(form.get("kind")) + ".csv",
        )
      }
    >
      <Field label={t("registry_what")}>
        <select name="kind">
          {kinds.map((one) => (
            <option key={one} value={one}>
              {t(`registry_${one}`)}
            </option>
          ))}
        </select>
      </Field>
      <Field label={t("separator")}>
        <select name="separator">
          <option value=";">;</option>
          <option value=",">,</option>
        </select>
      </Field>
    </Ask>
  );
}

function Body({ units }: { units: Unit[] }) {
  const { query } = useStore(route);
  const filtered = Boolean(query.q || query.kind || query.old);
  const rows = placed(units).filter(
    ({ unit }) =>
      (!query.kind || unit.kind === query.kind) &&
      (query.old ? !!unit.valid_until : true) &&
      (!query.q || matches(unit.name + " " + unit.code, query.q)),
  );
  const all = new Map(units.map((unit) => [unit.kind, both(unit.kind_label)]));
  return (
    <>
      <FilterLine
        path="#/units?"
        filters={[
          {
            name: "kind",
            label: t("filter_kind"),
            options: [...all].map(([value, label]) => ({ value, label })),
          },
          { name: "old", label: t("units_ended"), options: [{ value: "1", label: t("yes") }] },
        ]}
      />
      <Card title={t("units")} acts={counted(rows.length)} flush>
        {rows.length ? (
          <Table
            rows={rows}
            rowKey={({ unit }) => unit.id}
            label={t("units")}
            href={({ unit }) => link("unit", unit.id)}
            columns={[
              {
                head: t("unit"),
                cell: ({ unit, depth }) => (
                  <span class={"depth-" + (filtered ? 0 : Math.min(depth, 4))}>
                    <a href={link("unit", unit.id)}>
                      <b>{unit.name}</b>
                    </a>
                    <small class="mono">{unit.code}</small>
                  </span>
                ),
              },
              { head: t("kind"), fold: t("kind"), cell: ({ unit }) => both(unit.kind_label) },
              {
                head: t("fig_reporting"),
                fold: t("fig_reporting"),
                num: true,
                cell: ({ unit }) => (
                  <>
                    {count(unit.reporting)}/{count(unit.machines)}{" "}
                    <Five seen={unit.reporting} expected={unit.machines} />
                  </>
                ),
              },
              {
                head: t("open_findings"),
                fold: t("open_findings"),
                num: true,
                cell: ({ unit }) =>
                  unit.open_findings ? <b class="txt unmet">{count(unit.open_findings)}</b> : "0",
              },
              {
                head: t("valid"),
                fold: t("valid"),
                cell: ({ unit }) =>
                  unit.valid_until ? (
                    <St tone="na">{t("until_day", { at: day(unit.valid_until) })}</St>
                  ) : (
                    <span class="hint">
                      {dateOf(unit.valid_from) ? t("since_day", { at: day(unit.valid_from) }) : "–"}
                    </span>
                  ),
              },
            ]}
          />
        ) : (
          <Empty icon="home" title={t("filter_nothing")} />
        )}
      </Card>
    </>
  );
}

export function UnitsPage() {
  const loaded = useGet<{ units: Unit[] }>("/units", ["unit", "machine", "finding"]);
  const office = useStore(session)?.account?.role !== "unit";
  const [open, setOpen] = useState<"import" | "export" | null>(null);
  return (
    <Page
      title={t("units")}
      sub={t("units_sub")}
      acts={
        <>
          <button class="btn" type="button" onClick={() => setOpen("export")}>
            <Icon name="save" />
            {t("registry_export")}
          </button>
          {office && (
            <button class="btn go" type="button" onClick={() => setOpen("import")}>
              <Icon name="plus" />
              {t("registry_import")}
            </button>
          )}
        </>
      }
    >
      <Wait of={loaded}>
        {({ units }) =>
          units.length ? (
            <Body units={units} />
          ) : (
            <Card title={t("units")}>
              <Empty icon="home" title={t("units_none")}>
                {t("units_none_do")}
              </Empty>
            </Card>
          )
        }
      </Wait>
      {open === "import" && <ImportDialog onClose={() => setOpen(null)} />}
      {open === "export" && <ExportDialog onClose={() => setOpen(null)} />}
    </Page>
  );
}
