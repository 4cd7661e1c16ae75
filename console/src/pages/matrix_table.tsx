// The matrix itself: a real table of units × clauses. A cell is icon, figure, coverage, and a
// corner mark when it changed.
// SPDX-License-Identifier: Apache-2.0
import { route, link } from "../app/route";
import { LATE_COUNTED, dayMonth, late } from "../app/time";
import type { Cell, Clause, Column, Matrix, MatrixUnit } from "../app/types";
import { Icon } from "../ui/icon";
import { Bar, Five, cellTone, stateWord, toneIcon } from "../ui/marks";
import { both, count, t } from "../words";

export interface Group {
  key: string;
  title: string;
  late: boolean;
  units: MatrixUnit[];
}

export function cellHref(unit: string, clause: string): string {
  return link("matrix", "", { ...route.get().query, cell: unit + "." + clause });
}

export function cellName(unit: MatrixUnit, clause: Clause, cell: Cell): string {
  const figure = cell.state === "waived" ? "" : " " + cell.met + "/" + cell.total;
  const lateness = cell.late_days > 0 ? ", " + late(cell.late_days) : "";
  const changed = cell.changed
    ? ", " + t(cell.changed === "better" ? "changed_better" : "changed_worse")
    : "";
  return (
    t("cell_name", { unit: unit.name, clause: clause.label }) +
    ": " +
    stateWord(cell.state, cell.proved_by).toLowerCase() +
    figure +
    lateness +
    changed
  );
}

function CellMark({
  unit,
  clause,
  cell,
  open,
}: {
  unit: MatrixUnit;
  clause: Clause;
  cell: Cell;
  open: boolean;
}) {
  const tone = cellTone(cell.state, cell.proved_by);
  if (cell.state === "not_applicable") return <NotOwed />;
  return (
    <a
      class={"cell " + tone}
      href={cellHref(unit.id, clause.id)}
      aria-expanded={open ? "true" : "false"}
      aria-label={cellName(unit, clause, cell)}
      data-cell={unit.id + "." + clause.id}
    >
      <span>
        <Icon name={toneIcon(tone)} />
        {cell.state === "waived" ? t("cell_waived") : cell.met + "/" + cell.total}
      </span>
      {cell.state === "waived" ? (
        <span class="until">{t("cell_until", { at: dayMonth(cell.until) })}</span>
      ) : (
        <Five seen={cell.seen} expected={cell.expected} />
      )}
      {cell.changed && (
        <svg class="d" viewBox="0 0 8 8" aria-hidden="true">
          <path d={cell.changed === "better" ? "M0 8L4 1l4 7z" : "M0 0l4 7 4-7z"} />
        </svg>
      )}
    </a>
  );
}

function NotOwed() {
  return (
    <span class="cell na">
      <span aria-hidden="true">–</span>
      <span class="sr">{t("state_not_applicable")}</span>
    </span>
  );
}

function columnBar(column: Column) {
  return (
    <Bar
      total={column.total}
      parts={[
        { tone: "met", value: column.met },
        { tone: "unmet", value: column.not_met },
        { tone: "waived", value: column.waived },
        { tone: "unknown", value: column.unknown },
      ]}
    />
  );
}

function SumRow({ matrix, shown }: { matrix: Matrix; shown: number }) {
  return (
    <tr class="sum">
      <th scope="row">
        <b>{t("sum_all")}</b>
        <small>{t("units_n", { n: shown })}</small>
      </th>
      {matrix.clauses.map((clause) => {
        const column = matrix.columns[clause.id];
        return (
          <td key={clause.id} data-k={clause.label}>
            {column && (
              <>
                <b>
                  {column.met}/{column.total}
                </b>
                {columnBar(column)}
              </>
            )}
            {column && column.unknown > 0 && <span>{t("sum_unknown", { n: column.unknown })}</span>}
          </td>
        );
      })}
      <td class="t">
        <b>
          {matrix.totals.met}/{matrix.totals.total}
        </b>
      </td>
    </tr>
  );
}

function lateClauses(unit: MatrixUnit, clauses: Clause[]): string {
  return clauses
    .filter((clause) => (unit.cells[clause.id]?.late_days ?? 0) > 0)
    .map((clause) => clause.label)
    .join(", ");
}

interface RowProps {
  unit: MatrixUnit;
  clauses: Clause[];
  open?: string;
  ticked?: boolean;
  cursor: boolean;
  onTick?: () => void;
}

function UnitRow({ unit, clauses, open, ticked, cursor, onTick }: RowProps) {
  const isLate = unit.late_days > 0;
  return (
    <tr class={(ticked ? "on " : "") + (cursor ? "cursor" : "")}>
      <th scope="row">
        <div class="u">
          {onTick && (
            <label class="hitbox">
              <input
                type="checkbox"
                checked={ticked}
                onChange={onTick}
                aria-label={t("select_one", { name: unit.name })}
              />
            </label>
          )}
          <span class="l">
            <a href={link("unit", unit.id)}>{unit.name}</a>
            {isLate ? (
              <small class="txt unmet">
                <Icon name="clock" small /> {late(unit.late_days)}
                {unit.late_days <= LATE_COUNTED && " · " + lateClauses(unit, clauses)}
              </small>
            ) : (
              <small>
                {unit.reporting < unit.machines
                  ? t("machines_reporting_short", { n: unit.machines, m: unit.reporting })
                  : t("machines_n", { n: unit.machines })}
              </small>
            )}
          </span>
        </div>
      </th>
      {clauses.map((clause) => {
        const cell = unit.cells[clause.id];
        return (
          <td key={clause.id} data-k={clause.label}>
            {cell ? (
              <CellMark
                unit={unit}
                clause={clause}
                cell={cell}
                open={open === unit.id + "." + clause.id}
              />
            ) : (
              <NotOwed />
            )}
          </td>
        );
      })}
      <td class="t">
        <b>
          {unit.met}/{unit.total}
        </b>
      </td>
    </tr>
  );
}

export function MatrixTable({
  matrix,
  groups,
  open,
  ticked,
  onTick,
  cursor,
}: {
  matrix: Matrix;
  groups: Group[];
  open?: string;
  ticked: (id: string) => boolean;
  onTick?: (id: string) => void;
  cursor?: string;
}) {
  const shown = groups.reduce((n, group) => n + group.units.length, 0);
  return (
    <table class="mx">
      <caption class="sr">{t("matrix_caption")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("matrix_unit_head")}</th>
          {matrix.clauses.map((clause) => (
            <th key={clause.id} scope="col">
              <b>{clause.label}</b>
              <span class="about">{both(clause.title)}</span>
            </th>
          ))}
          <th scope="col">
            <b>{t("matrix_met_head")}</b>
            {t("matrix_met_of")}
          </th>
        </tr>
      </thead>
      <tbody>
        <SumRow matrix={matrix} shown={matrix.units.length} />
        {groups.map((group) => (
          <>
            <tr key={"g" + group.key} class={"grp" + (group.late ? " hot" : "")}>
              <th colSpan={matrix.clauses.length + 2} scope="colgroup">
                {group.late && <Icon name="clock" small />}
                <b>{group.title}</b>
                {t("units_n", { n: group.units.length })}
              </th>
            </tr>
            {group.units.map((unit) => (
              <UnitRow
                key={unit.id}
                unit={unit}
                clauses={matrix.clauses}
                open={open}
                cursor={cursor === unit.id}
                ticked={onTick ? ticked(unit.id) : undefined}
                onTick={onTick && (() => onTick(unit.id))}
              />
            ))}
          </>
        ))}
        {shown === 0 && (
          <tr class="none">
            <th colSpan={matrix.clauses.length + 2}>{t("filter_nothing")}</th>
          </tr>
        )}
      </tbody>
    </table>
  );
}

export function legendCount(n: number): string {
  return count(n);
}
