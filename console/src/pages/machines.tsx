// All machines, the worst first: infected, then unknown, then stale. Thousands of rows come in
// portions.
// SPDX-License-Identifier: Apache-2.0
import { matches } from "../app/fold";
import { useGet } from "../app/live";
import { link, route } from "../app/route";
import { useStore } from "../app/store";
import { ago, full } from "../app/time";
import type { Machine, Verdict } from "../app/types";
import { FilterLine } from "../ui/filter";
import { Icon } from "../ui/icon";
import { Fig, Five, St, VerdictSt } from "../ui/marks";
import { Card, Page } from "../ui/page";
import { Empty, Wait } from "../ui/states";
import { Table, counted, type ColumnOf } from "../ui/table";
import { count, t, tMaybe } from "../words";

const worst: Record<Verdict, number> = { infected: 0, unknown: 1, stale: 2, clean: 3 };

export function sortMachines(machines: Machine[]): Machine[] {
  return [...machines].sort(
    (a, b) =>
      Number(b.listed) - Number(a.listed) ||
      worst[a.verdict] - worst[b.verdict] ||
      a.name.localeCompare(b.name, "vi", { numeric: true }),
  );
}

export const machineColumns: ColumnOf<Machine>[] = [
  {
    head: "",
    cell: (row) => (
      <>
        <a href={link("machine", row.id)}>
          <b>{row.name}</b>
        </a>
        {row.listed && (
          <>
            {" "}
            <St tone="unmet" icon="fire">
              {t("listed")}
            </St>
          </>
        )}
        <small class="mono">{row.addresses.slice(0, 2).join(", ")}</small>
      </>
    ),
  },
  { head: "", cell: (row) => <a href={link("unit", row.unit.id)}>{row.unit.name}</a> },
  { head: "", cell: (row) => <VerdictSt verdict={row.verdict} /> },
  {
    head: "",
    cell: (row) => (
      <>
        {row.os_name || "–"}
        <small>{row.os_build}</small>
      </>
    ),
  },
  {
    head: "",
    cell: (row) => <span title={full(row.last_sweep_at)}>{ago(row.last_sweep_at)}</span>,
  },
  { head: "", cell: (row) => <span title={full(row.last_seen_at)}>{ago(row.last_seen_at)}</span> },
  {
    head: "",
    num: true,
    cell: (row) => (row.open_hits ? <b class="txt unmet">{count(row.open_hits)}</b> : "0"),
  },
];

export function machineHeads(skipUnit = false): ColumnOf<Machine>[] {
  const heads = [
    t("machine"),
    t("unit"),
    t("verdict"),
    t("os"),
    t("last_sweep"),
    t("last_seen"),
    t("open_hits"),
  ];
  return machineColumns
    .map((column, n) => ({ ...column, head: heads[n], fold: heads[n] }))
    .filter((_, n) => !(skipUnit && n === 1));
}

function Figures({ machines }: { machines: Machine[] }) {
  const of = (verdict: Verdict) => machines.filter((one) => one.verdict === verdict).length;
  const seen = machines.filter(
    (one) => one.last_seen_at && Date.now() - Date.parse(one.last_seen_at) < 86_400_000,
  ).length;
  return (
    <dl class="figs">
      <Fig label={t("machines")} value={count(machines.length)} />
      <Fig label={t("verdict_infected")} value={count(of("infected"))} tone="unmet" />
      <Fig label={t("verdict_unknown")} value={count(of("unknown"))} tone="unknown" />
      <Fig label={t("verdict_stale")} value={count(of("stale"))} tone="soon" />
      <Fig label={t("verdict_clean")} value={count(of("clean"))} tone="met" />
      <Fig label={t("fig_reporting")} value={count(seen)} of={machines.length}>
        <Five seen={seen} expected={machines.length} />
      </Fig>
    </dl>
  );
}

function Body({ machines }: { machines: Machine[] }) {
  const { query } = useStore(route);
  const units = new Map(machines.map((one) => [one.unit.id, one.unit.name]));
  const rows = sortMachines(machines).filter(
    (one) =>
      (!query.unit || one.unit.id === query.unit) &&
      (!query.verdict || one.verdict === query.verdict) &&
      (!query.listed || one.listed) &&
      (!query.state || one.state === query.state) &&
      (!query.q ||
        matches([one.name, one.unit.name, one.os_name, ...one.addresses].join(" "), query.q)),
  );
  return (
    <>
      <Figures machines={machines} />
      <FilterLine
        path="#/machines?"
        filters={[
          {
            name: "verdict",
            label: t("verdict"),
            options: (["infected", "unknown", "stale", "clean"] as const).map((value) => ({
              value,
              label: tMaybe("verdict_", value),
            })),
          },
          { name: "listed", label: t("listed"), options: [{ value: "1", label: t("yes") }] },
          {
            name: "unit",
            label: t("unit"),
            options: [...units].map(([value, label]) => ({ value, label })),
          },
          {
            name: "state",
            label: t("state"),
            options: ["active", "expected", "revoked", "retired"].map((value) => ({
              value,
              label: tMaybe("machine_state_", value),
            })),
          },
        ]}
      />
      <Card title={t("machines")} acts={counted(rows.length)} flush>
        {rows.length ? (
          <Table
            rows={rows}
            columns={machineHeads()}
            rowKey={(row) => row.id}
            label={t("machines")}
            hot={(row) => row.listed}
            href={(row) => link("machine", row.id)}
          />
        ) : (
          <Empty icon="pc" title={t("filter_nothing")} />
        )}
      </Card>
    </>
  );
}

export function MachinesPage() {
  const loaded = useGet<{ machines: Machine[] }>("/machines", ["machine", "finding"]);
  return (
    <Page
      title={t("machines")}
      sub={t("machines_sub")}
      acts={
        <>
          <a class="btn" href={link("offline")}>
            <Icon name="usb" />
            {t("offline_title")}
          </a>
          <a class="btn go" href={link("enrol")}>
            <Icon name="plus" />
            {t("enrol_title")}
          </a>
        </>
      }
    >
      <Wait of={loaded}>
        {({ machines }) =>
          machines.length ? (
            <Body machines={machines} />
          ) : (
            <Card title={t("machines")}>
              <Empty icon="pc" title={t("machines_none")}>
                <a href={link("enrol")}>{t("enrol_title")}</a>
              </Empty>
            </Card>
          )
        }
      </Wait>
    </Page>
  );
}
