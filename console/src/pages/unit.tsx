// One unit: its cells, its machines, what is open, its people, addresses and systems, where it
// came from.
// SPDX-License-Identifier: Apache-2.0
import { useGet } from "../app/live";
import { link } from "../app/route";
import { dateOf, day, late, moment } from "../app/time";
import type { Cell, Machine, Matrix, Ref, UnitPage as Data } from "../app/types";
import { FindingName } from "../ui/finding";
import { Icon } from "../ui/icon";
import {
  Fig,
  Five,
  St,
  cellTone,
  findingTone,
  severityTone,
  stateWord,
  toneIcon,
} from "../ui/marks";
import { Card, Facts, Page } from "../ui/page";
import { Empty, Wait } from "../ui/states";
import { Table, counted } from "../ui/table";
import { both, count, t, tMaybe } from "../words";
import { machineHeads, sortMachines } from "./machines";
import { EditUnit, Registry } from "./registry";

type UnitData = Omit<Data, "machines"> & { machines: number | Machine[] };

const names = (refs: Ref[]) =>
  refs.map((one, n) => (
    <>
      {n > 0 && ", "}
      <a href={link("unit", one.id)}>{one.name}</a>
    </>
  ));

function Duties({ unit }: { unit: UnitData }) {
  const matrix = useGet<Matrix>("/matrix", ["matrix"]).data;
  const label = (id: string) => {
    const clause = matrix?.clauses.find((one) => one.id === id);
    return clause ? clause.label + " · " + both(clause.title) : id;
  };
  const cells: Record<string, Cell> =
    matrix?.units.find((one) => one.id === unit.id)?.cells ?? {};
  const rows = (matrix?.clauses ?? []).flatMap(({ id }): [string, Cell][] =>
    cells[id] ? [[id, cells[id]]] : [],
  );
  if (!rows.length) return null;
  return (
    <Card
      title={t("duties")}
      acts={
        <a class="small" href={link("matrix")}>
          {t("matrix_page")}
        </a>
      }
    >
      <ul class="prove">
        {rows.map(([id, cell]) => {
          const tone = cellTone(cell.state, cell.proved_by);
          return (
            <li key={id}>
              <Icon name={toneIcon(tone)} cls={"txt " + tone} />
              <a href={link("matrix", "", { cell: unit.id + "." + id })}>{label(id)}</a>
              <span class={"v txt " + tone}>
                {cell.met}/{cell.total}
              </span>
              <small>
                <St tone={tone}>{stateWord(cell.state, cell.proved_by)}</St>
                {cell.late_days > 0 && " " + late(cell.late_days)}
              </small>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

function Body({ unit }: { unit: UnitData }) {
  // the machines of units below it stand on their own pages
  const all = Array.isArray(unit.machines) ? unit.machines : (unit.machines_list ?? []);
  const machines = all.filter((one) => one.unit.id === unit.id);
  const total = machines.length;
  const findings = unit.findings ?? [];
  const infected = machines.filter((one) => one.verdict === "infected").length;
  return (
    <>
      <dl class="figs">
        <Fig label={t("fig_reporting")} value={count(unit.reporting ?? 0)} of={total}>
          <Five seen={unit.reporting ?? 0} expected={total} />
        </Fig>
        <Fig label={t("declared")} value={count(unit.workstations_declared ?? 0)}>
          {(unit.workstations_declared ?? 0) > total
            ? t("declared_more", { n: (unit.workstations_declared ?? 0) - total })
            : t("declared_ok")}
        </Fig>
        <Fig
          label={t("verdict_infected")}
          value={count(infected)}
          tone={infected ? "unmet" : undefined}
        />
        <Fig
          label={t("open_findings")}
          value={count(unit.open_findings ?? findings.length)}
          tone={findings.length ? "unmet" : undefined}
        />
      </dl>
      <div class="cols">
        <div class="stack">
          <Card title={t("machines")} acts={counted(machines.length)} flush>
            {machines.length ? (
              <Table
                rows={sortMachines(machines)}
                columns={machineHeads(true)}
                rowKey={(row) => row.id}
                label={t("machines")}
                hot={(row) => row.listed}
                href={(row) => link("machine", row.id)}
              />
            ) : (
              <Empty icon="pc" title={t("machines_none")}>
                <a href={link("enrol", "", { unit: unit.id })}>{t("enrol_title")}</a>
              </Empty>
            )}
          </Card>
          {findings.length > 0 && (
            <Card title={t("findings")} acts={counted(findings.length)} flush>
              <Table
                rows={findings}
                rowKey={(one) => one.id}
                label={t("findings")}
                columns={[
                  {
                    head: t("finding"),
                    cell: (one) => <FindingName one={one} />,
                  },
                  {
                    head: t("machine"),
                    fold: t("machine"),
                    cell: (one) =>
                      one.machine ? (
                        <a href={link("machine", one.machine.id)}>{one.machine.name}</a>
                      ) : (
                        "–"
                      ),
                  },
                  {
                    head: t("state"),
                    fold: t("state"),
                    cell: (one) => (
                      <St tone={findingTone(one.state)}>{tMaybe("finding_state_", one.state)}</St>
                    ),
                  },
                  {
                    head: t("severity"),
                    fold: t("severity"),
                    cell: (one) => (
                      <St tone={severityTone(one.severity)}>{tMaybe("severity_", one.severity)}</St>
                    ),
                  },
                  { head: t("last"), fold: t("last"), cell: (one) => moment(one.last_at) },
                ]}
              />
            </Card>
          )}
        </div>
        <div class="stack">
          <Duties unit={unit} />
          <Card title={t("this_unit")}>
            <Facts
              rows={[
                [t("code"), <span class="mono">{unit.code}</span>],
                [t("kind"), both(unit.kind_label)],
                [
                  t("phone"),
                  unit.phone ? (
                    <a href={"tel:" + unit.phone.replace(/[^\d+]/g, "")}>{unit.phone}</a>
                  ) : (
                    ""
                  ),
                ],
                [t("email"), unit.email ?? ""],
                [
                  t("valid"),
                  [
                    dateOf(unit.valid_from) ? t("since_day", { at: day(unit.valid_from) }) : "",
                    unit.valid_until ? t("until_day", { at: day(unit.valid_until) }) : "",
                  ]
                    .filter(Boolean)
                    .join(", "),
                ],
                [
                  t("predecessors"),
                  (unit.predecessors ?? []).length ? names(unit.predecessors ?? []) : "",
                ],
                [
                  t("successors"),
                  (unit.successors ?? []).length ? names(unit.successors ?? []) : "",
                ],
              ]}
            />
          </Card>
          <Registry unit={unit} />
        </div>
      </div>
    </>
  );
}

export function UnitPage({ id }: { id: string }) {
  const loaded = useGet<UnitData>("/units/" + encodeURIComponent(id), [
    "unit",
    "machine",
    "finding",
    "matrix",
  ]);
  const unit = loaded.data;
  const path = (unit?.path ?? [])
    .filter((one) => one.id !== id)
    .map((one) => ({ text: one.name, href: link("unit", one.id) }));
  return (
    <Page
      title={unit?.name ?? t("unit")}
      path={[{ text: t("units"), href: link("units") }, ...path.slice(-1)]}
      sub={unit && both(unit.kind_label) + " · " + unit.code}
      acts={
        unit && (
          <>
            <EditUnit unit={unit as unknown as Data} />
            <a class="btn" href={link("machines", "", { unit: id })}>
              <Icon name="pc" />
              {t("machines")}
            </a>
            <a class="btn go" href={link("enrol", "", { unit: id })}>
              <Icon name="plus" />
              {t("enrol_title")}
            </a>
          </>
        )
      }
    >
      <Wait of={loaded}>{(data) => <Body unit={data} />}</Wait>
    </Page>
  );
}
