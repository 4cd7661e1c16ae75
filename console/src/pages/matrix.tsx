// Home: how far, who is late, what is unknown. A cell opens its proof beside the table.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "preact/hooks";
import { call, saveBlob, session } from "../app/api";
import { csvText } from "../app/csv";
import { matches } from "../app/fold";
import { typing } from "../app/keys";
import { touch, useGet } from "../app/live";
import { filter, link, route } from "../app/route";
import { useStore } from "../app/store";
import { dateOf, day, daysBetween, full, moment } from "../app/time";
import type { Directive, Matrix, MatrixUnit, T } from "../app/types";
import { Ask, useAct } from "../ui/dialog";
import { FilterLine, type FilterOf } from "../ui/filter";
import { Icon } from "../ui/icon";
import { Fig, Five, Note, St } from "../ui/marks";
import { Page } from "../ui/page";
import { Empty, ProblemNote, Wait } from "../ui/states";
import { useCursor, useSelection } from "../ui/table";
import { both, count, t, tMaybe } from "../words";
import { Countdown } from "./countdown";
import { MatrixTable, type Group } from "./matrix_table";
import { ProofPanel } from "./proof";

type Query = Record<string, string>;
const OVER_DAYS = 30;

function chosen(matrix: Matrix, query: Query): MatrixUnit[] {
  return matrix.units.filter((unit) => {
    if (query.kind && unit.kind !== query.kind) return false;
    if (query.q && !matches(unit.name, query.q)) return false;
    if (query.late && unit.late_days <= 0) return false;
    const cells = query.clause ? [unit.cells[query.clause]] : Object.values(unit.cells);
    if (query.clause && !cells[0]) return false;
    return !query.state || cells.some((cell) => cell?.state === query.state);
  });
}

/** Once its days are over, a campaign is read by kind of unit: by then every open duty is late. */
function isOver(directive: Matrix["directive"]): boolean {
  const last = dateOf(directive.holiday?.to ?? directive.due_at);
  return last !== null && daysBetween(last, new Date()) > OVER_DAYS;
}

function grouped(units: MatrixUnit[], sort: string | undefined, over: boolean): Group[] {
  const byName = (a: MatrixUnit, b: MatrixUnit) =>
    a.name.localeCompare(b.name, "vi", { numeric: true });
  if (sort === "name") {
    return [
      { key: "all", title: t("group_all"), late: false, units: [...units].sort(byName) },
    ].filter((g) => g.units.length);
  }
  const groups: Group[] = [];
  const late = over ? [] : units.filter((unit) => unit.late_days > 0);
  if (late.length) {
    const worst = [...late].sort((a, b) => b.late_days - a.late_days || byName(a, b));
    groups.push({ key: "late", title: t("group_late"), late: true, units: worst });
  }
  for (const unit of units) {
    if (late.includes(unit)) continue;
    let group = groups.find((one) => one.key === unit.kind);
    if (!group)
      groups.push(
        (group = { key: unit.kind, title: both(unit.kind_label), late: false, units: [] }),
      );
    group.units.push(unit);
  }
  for (const group of groups) if (!group.late) group.units.sort(byName);
  return groups;
}

function filtersOf(matrix: Matrix, directives: Directive[]): FilterOf[] {
  const kinds = new Map(matrix.units.map((unit) => [unit.kind, both(unit.kind_label)]));
  const lines: FilterOf[] = [];
  if (directives.length > 1) {
    lines.push({
      name: "directive",
      label: t("filter_directive"),
      always: matrix.directive.id,
      options: directives.map((one) => ({ value: one.id, label: one.pack })),
    });
  }
  return [
    ...lines,
    {
      name: "sort",
      label: t("filter_sort"),
      always: "late",
      options: [
        { value: "late", label: t("sort_late") },
        { value: "name", label: t("sort_name") },
      ],
    },
    {
      name: "kind",
      label: t("filter_kind"),
      options: [...kinds].map(([value, label]) => ({ value, label })),
    },
    {
      name: "state",
      label: t("filter_state"),
      options: ["not_met", "unknown", "waived", "met"].map((value) => ({
        value,
        label: tMaybe("state_", value),
      })),
    },
    {
      name: "clause",
      label: t("filter_clause"),
      options: matrix.clauses.map((one) => ({ value: one.id, label: one.label })),
    },
    {
      name: "late",
      label: t("filter_late"),
      options: [{ value: "1", label: t("filter_late_only") }],
    },
  ];
}

function exportCsv(matrix: Matrix, groups: Group[]): void {
  const head = [
    t("matrix_unit_head"),
    t("kind"),
    t("fig_reporting"),
    t("late"),
    ...matrix.clauses.flatMap((clause) => [clause.label, clause.label + " " + t("csv_figure")]),
    t("matrix_met_head"),
  ];
  const rows = groups
    .flatMap((group) => group.units)
    .map((unit) => [
      unit.name,
      both(unit.kind_label),
      unit.reporting + "/" + unit.machines,
      String(unit.late_days),
      ...matrix.clauses.flatMap((clause) => {
        const cell = unit.cells[clause.id];
        return cell
          ? [tMaybe("state_", cell.state), cell.met + "/" + cell.total]
          : [t("state_not_applicable"), ""];
      }),
      unit.met + "/" + unit.total,
    ]);
  saveBlob(
    new Blob([csvText([head, ...rows])], { type: "text/csv;charset=utf-8" }),
    "canh-" + matrix.directive.pack + ".csv",
  );
}

function Totals({ matrix }: { matrix: Matrix }) {
  const { totals } = matrix;
  const late = matrix.units.filter((unit) => unit.late_days > 0).length;
  const soonest = matrix.units
    .flatMap((unit) => Object.values(unit.cells))
    .filter((cell) => cell.state === "waived" && cell.until)
    .map((cell) => cell.until as string)
    .sort()[0];
  const share = totals.machines ? Math.floor((totals.reporting * 100) / totals.machines) : 0;
  return (
    <dl class="figs six">
      <Fig label={t("fig_met")} value={count(totals.met)} of={totals.total}>
        {t("fig_met_note")}
      </Fig>
      <Fig label={t("fig_machine")} value={count(totals.by_machine)} tone="met">
        {t("fig_person_note", { n: totals.by_person })}
      </Fig>
      <Fig label={t("fig_not_met")} value={count(totals.not_met)} tone="unmet">
        {late ? t("fig_late_note", { n: late }) : t("fig_no_late")}
      </Fig>
      <Fig label={t("fig_unknown")} value={count(totals.unknown)} tone="unknown">
        {t("fig_unknown_note")}
      </Fig>
      <Fig label={t("fig_waived")} value={count(totals.waived)}>
        {soonest ? t("fig_waived_note", { at: day(soonest) }) : t("fig_waived_none")}
      </Fig>
      <Fig label={t("fig_reporting")} value={count(totals.reporting)} of={totals.machines}>
        <Five seen={totals.reporting} expected={totals.machines} /> {share} %
      </Fig>
    </dl>
  );
}

interface UrgeResult {
  urged: (string | { id: string; name: string })[];
  skipped: { unit: string | { id: string; name: string }; why: T }[];
}

function Bulk({
  matrix,
  keys,
  clear,
  onDone,
}: {
  matrix: Matrix;
  keys: string[];
  clear: () => void;
  onDone: (result: UrgeResult) => void;
}) {
  const act = useAct();
  const [sure, setSure] = useState(false);
  const units = matrix.units.filter((unit) => keys.includes(unit.id));
  const open = (unit: MatrixUnit) =>
    Object.values(unit.cells).filter((cell) => cell.state === "not_met" || cell.state === "unknown")
      .length;
  const owing = units.filter((unit) => open(unit) > 0);
  const skipped = units.filter((unit) => open(unit) === 0).map((unit) => unit.name);
  const duties = owing.reduce((n, unit) => n + open(unit), 0);
  const urge = async () => {
    const body = { directive: matrix.directive.id, units: keys };
    onDone(await call<UrgeResult>("POST", "/urges", body));
    clear();
    touch(["matrix"]);
  };
  return (
    <div class="bulk" role="region" aria-label={t("bulk_label")}>
      <span class="grow">
        {t("bulk_chosen", { n: units.length, m: duties })}
        <small>
          {skipped.length
            ? t("bulk_skipped", { names: skipped.join(", ") })
            : t("bulk_none_skipped")}
        </small>
        {act.problem && <small role="alert">{act.problem.detail || t("problem_server")}</small>}
      </span>
      <button
        class="btn go"
        type="button"
        disabled={!duties || act.busy}
        onClick={() => setSure(true)}
      >
        <Icon name="bell" />
        {t("bulk_urge", { n: owing.length })}
      </button>
      <button class="btn" type="button" onClick={clear}>
        {t("bulk_clear")}
      </button>
      {sure && (
        <Ask
          title={t("bulk_urge", { n: owing.length })}
          send={t("urge_send")}
          onClose={() => setSure(false)}
          intro={t("urge_intro", { names: owing.map((unit) => unit.name).join(", ") })}
          onSend={urge}
        />
      )}
    </div>
  );
}

const unitName = (matrix: Matrix, unit: string | { id: string; name: string }) =>
  typeof unit === "string"
    ? (matrix.units.find((one) => one.id === unit)?.name ?? unit)
    : unit.name;

function Urged({
  matrix,
  result,
  onClose,
}: {
  matrix: Matrix;
  result: UrgeResult;
  onClose: () => void;
}) {
  return (
    <Note
      tone={result.urged.length ? "info" : "soon"}
      icon="bell"
      live
      title={t("urged_n", { n: result.urged.length })}
      acts={
        <button class="btn" type="button" onClick={onClose}>
          {t("close")}
        </button>
      }
    >
      {result.urged.length > 0 && (
        <p>{result.urged.map((unit) => unitName(matrix, unit)).join(", ")}</p>
      )}
      {result.skipped.map((one, n) => (
        <p key={n}>
          {t("urge_skipped", { name: unitName(matrix, one.unit) })} {both(one.why)}
        </p>
      ))}
    </Note>
  );
}

function Legend() {
  return (
    <div class="legend" role="group" aria-label={t("legend")}>
      <St tone="met">{t("state_met_machine")}</St>
      <St tone="said">{t("state_met_person")}</St>
      <St tone="unmet">{t("state_not_met")}</St>
      <St tone="waived">{t("state_waived")}</St>
      <St tone="unknown">{t("state_unknown")}</St>
      <span>– {t("state_not_applicable")}</span>
      <span>
        <Five seen={3} expected={5} /> {t("legend_five")}
      </span>
      <span>
        <svg class="d" viewBox="0 0 8 8" aria-hidden="true">
          <path d="M0 8L4 1l4 7z" />
        </svg>{" "}
        {t("changed_better")}
      </span>
      <span>
        <svg class="d" viewBox="0 0 8 8" aria-hidden="true">
          <path d="M0 0l4 7 4-7z" />
        </svg>{" "}
        {t("changed_worse")}
      </span>
    </div>
  );
}

/** Esc shuts the proof and gives the focus back to its cell. */
function usePanelKeys(cell: string | undefined): () => void {
  const close = () => {
    filter({ cell: undefined });
    const from = cell && document.querySelector<HTMLElement>(`[data-cell="${CSS.escape(cell)}"]`);
    if (from) from.focus();
  };
  useEffect(() => {
    if (!cell) return;
    const press = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !typing(event)) close();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  });
  return close;
}

function Body({ matrix, directives }: { matrix: Matrix; directives: Directive[] }) {
  const { query } = useStore(route);
  const account = useStore(session)?.account;
  const office = account?.role === "office" || account?.role === "administrator";
  const select = useSelection();
  const [urged, setUrged] = useState<UrgeResult>();
  const groups = grouped(chosen(matrix, query), query.sort, isOver(matrix.directive));
  const order = groups.flatMap((group) => group.units);
  const [unitId = "", clauseId = ""] = (query.cell ?? "").split(".");
  const close = usePanelKeys(query.cell);
  const openFirst = (id: string) => {
    const unit = matrix.units.find((one) => one.id === id);
    const worst =
      matrix.clauses.find((clause) => unit?.cells[clause.id]?.state === "not_met") ??
      matrix.clauses.find((clause) => unit?.cells[clause.id]);
    if (unit && worst) filter({ cell: unit.id + "." + worst.id });
  };
  const cursor = useCursor(
    order.map((unit) => unit.id),
    openFirst,
    office ? select.toggle : undefined,
  );
  if (!matrix.units.length) {
    return (
      <Empty icon="home" title={t("matrix_empty")}>
        <a href={link("units")}>{t("matrix_empty_do")}</a>
      </Empty>
    );
  }
  const table = (
    <div class="card">
      <MatrixTable
        matrix={matrix}
        groups={groups}
        open={query.cell}
        ticked={select.has}
        cursor={cursor}
        onTick={office ? select.toggle : undefined}
      />
      {select.keys.length > 0 && (
        <Bulk matrix={matrix} keys={select.keys} clear={select.clear} onDone={setUrged} />
      )}
    </div>
  );
  return (
    <>
      <Countdown directive={matrix.directive} />
      <Totals matrix={matrix} />
      <FilterLine filters={filtersOf(matrix, directives)} path="#/matrix?" />
      {urged && <Urged matrix={matrix} result={urged} onClose={() => setUrged(undefined)} />}
      {/* one frame with and without the panel: the table is not made anew, so its focus and place stay */}
      <div class={unitId && clauseId ? "cols" : "stack"}>
        {table}
        {unitId && clauseId && (
          <ProofPanel
            unit={unitId}
            clause={clauseId}
            directive={matrix.directive.id}
            onClose={close}
          />
        )}
      </div>
      <Legend />
      <p class="print-foot">
        Canh · {matrix.directive.number} · {t("as_of", { at: full(matrix.as_of) })} ·{" "}
        {t("print_filter", { q: location.hash })}
      </p>
    </>
  );
}

export function MatrixPage() {
  const { query } = useStore(route);
  const directives = useGet<{ directives: Directive[] }>("/directives", ["matrix"]);
  const suffix = query.directive ? "?directive=" + encodeURIComponent(query.directive) : "";
  const loaded = useGet<Matrix>("/matrix" + suffix, ["matrix", "machine", "finding"]);
  const matrix = loaded.data;
  if (loaded.problem?.status === 404 && !matrix) {
    return (
      <Page title={t("matrix_page")}>
        <Empty icon="grid" title={t("matrix_none")}>
          {t("matrix_none_do")}
        </Empty>
      </Page>
    );
  }
  return (
    <Page
      title={t("matrix_page")}
      heading={matrix && t("matrix_title", { number: matrix.directive.number })}
      sub={
        matrix && (
          <>
            {both(matrix.directive.title)}
            {dateOf(matrix.directive.issued_on) &&
              ", " + t("matrix_issued", { at: day(matrix.directive.issued_on) })}
            . {t("as_of", { at: moment(matrix.as_of) })}
            {loaded.busy ? " …" : "."}
          </>
        )
      }
      acts={
        matrix && (
          <>
            <button
              class="btn"
              type="button"
              onClick={() => exportCsv(matrix, grouped(chosen(matrix, query), query.sort, isOver(matrix.directive)))}
            >
              <Icon name="save" />
              {t("export_view")}
            </button>
            <button class="btn not-phone" type="button" onClick={() => print()}>
              <Icon name="print" />
              {t("print")}
            </button>
            <a class="btn" href={link("reports")}>
              <Icon name="doc" />
              {t("report_write")}
            </a>
          </>
        )
      }
    >
      <Wait of={loaded}>
        {(data) => <Body matrix={data} directives={directives.data?.directives ?? []} />}
      </Wait>
      {directives.problem && !directives.data && !loaded.problem && (
        <ProblemNote problem={directives.problem} />
      )}
    </Page>
  );
}
