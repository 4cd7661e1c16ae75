// One hunt: how far it is, what it found so far by unit and machine, and from
// there to findings in one act.
// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from "preact/hooks";
import { call, saveBlob, session } from "../app/api";
import { csvText } from "../app/csv";
import { touch } from "../app/live";
import { filter, link, route } from "../app/route";
import { useStore } from "../app/store";
import { ago, day, full } from "../app/time";
import type { Coverage, HuntHit, HuntPage as Data } from "../app/traffic_types";
import { useAct } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Fig, Five, Note, St } from "../ui/marks";
import { CoverNote, Progress, StopButton, isRunning, useOrder, type Following } from "../ui/order";
import { Card, Page } from "../ui/page";
import { Empty, ProblemNote, Wait } from "../ui/states";
import { Table, counted, useSelection, type Selection } from "../ui/table";
import { Host, Moments, UnitName, huntPeriod } from "../ui/traffic_marks";
import { bytes, count, t, tMaybe } from "../words";
import { huntName } from "./hunt";
import {
  Contacts,
  distinct,
  earliest,
  flowsOf,
  grouped,
  latest,
  placeOf,
} from "./hunt_contacts";

const FINDINGS_MAX = 500;
type Gap = Coverage["gaps"][number];

const lengthOf = (gap: Gap) => Date.parse(gap.until) - Date.parse(gap.since);

const widest = (cover: Coverage): Gap | undefined =>
  cover.gaps.reduce<Gap | undefined>(
    (best, one) => (!best || lengthOf(one) > lengthOf(best) ? one : best),
    undefined,
  );

function Figures({ hunt }: { hunt: Data }) {
  const cover = hunt.coverage;
  const gap = widest(cover);
  const rows = hunt.rows;
  const named = rows.filter((row) => row.machine);
  return (
    <dl class="figs">
      <Fig
        label={t("hunt_flows")}
        value={count(flowsOf(rows))}
        tone={rows.length ? "unmet" : undefined}
      >
        {t("rows_n", { n: hunt.hits })}
      </Fig>
      <Fig label={t("nav_units")} value={count(distinct(rows, (row) => row.unit?.id ?? ""))}>
        {t("hunt_indicators", { n: distinct(rows, (row) => row.value) })}
      </Fig>
      <Fig label={t("hosts")} value={count(hunt.hosts)}>
        {t("hunt_named", { n: distinct(named, placeOf) })}
      </Fig>
      <Fig
        label={t("hunt_first")}
        value={<span class="fig-text">{rows.length ? day(earliest(rows)) : "–"}</span>}
      >
        {rows.length ? ago(earliest(rows)) : ""}
      </Fig>
      <Fig
        label={t("hunt_seen")}
        value={
          <>
            {count(cover.percent)}&nbsp;% <Five seen={cover.percent} expected={100} />
          </>
        }
        tone={cover.percent < 100 ? "unknown" : undefined}
      >
        {gap
          ? t("hunt_gap", { from: day(gap.since), to: day(gap.until) })
          : t("hunt_seen_of", { from: day(cover.since), to: day(cover.until) })}
      </Fig>
    </dl>
  );
}

function ByUnit({ rows, chosen }: { rows: HuntHit[]; chosen?: string }) {
  const groups = grouped(rows, (row) => row.unit?.id ?? "");
  return (
    <Card title={t("traffic_by_unit")} note={t("hunt_by_unit_note")} flush>
      <Table
        rows={groups}
        rowKey={(group) => group[0]!.unit?.id ?? ""}
        label={t("traffic_by_unit")}
        hot={(group) => !!chosen && group[0]!.unit?.id === chosen}
        onOpen={(group) => filter({ unit: group[0]!.unit?.id })}
        columns={[
          {
            head: t("unit"),
            cell: (group) => (
              <button
                class="linkish"
                type="button"
                aria-pressed={group[0]!.unit?.id === chosen}
                onClick={() =>
                  filter({ unit: group[0]!.unit?.id === chosen ? undefined : group[0]!.unit?.id })
                }
              >
                <b>{group[0]!.unit?.name ?? t("unit_unknown")}</b>
              </button>
            ),
          },
          {
            head: t("hosts"),
            fold: t("hosts"),
            num: true,
            cell: (group) => count(distinct(group, placeOf)),
          },
          {
            head: t("indicators"),
            fold: t("indicators"),
            num: true,
            cell: (group) => count(distinct(group, (row) => row.value)),
          },
          { head: t("flows"), fold: t("flows"), num: true, cell: (group) => count(flowsOf(group)) },
          {
            head: t("traffic_since"),
            fold: t("traffic_since"),
            cell: (group) => <Moments first={earliest(group)} last={latest(group)} />,
          },
        ]}
      />
    </Card>
  );
}

function Rows({ rows, select }: { rows: HuntHit[]; select?: Selection }) {
  return (
    <Card
      title={t("hunt_rows")}
      note={t(select ? "hunt_rows_note" : "rows_n", { n: rows.length })}
      acts={counted(rows.length)}
      flush
    >
      <Table
        rows={rows}
        rowKey={(row) => row.id}
        label={t("hunt_rows")}
        select={select}
        selectable={(row) => !row.finding}
        name={(row) => `${row.machine?.name ?? row.host}, ${row.value}`}
        columns={[
          {
            head: t("machine"),
            cell: (row) => (
              <>
                <Host of={row} host={row.host} />
                <small>
                  <UnitName of={row} />
                </small>
              </>
            ),
          },
          {
            head: t("hunt_contact"),
            fold: t("hunt_contact"),
            cell: (row) => (
              <>
                <b class="mono break">{row.value}</b>
                <small>
                  {[tMaybe("seen_in_", row.seen_in), row.peer !== row.value ? row.peer : ""]
                    .filter(Boolean)
                    .join(" · ")}
                </small>
              </>
            ),
          },
          {
            head: t("family"),
            fold: t("family"),
            cell: (row) => (
              <>
                {row.family || "–"}
                <small>{row.list}</small>
              </>
            ),
          },
          {
            head: t("flows"),
            fold: t("flows"),
            num: true,
            cell: (row) => (
              <>
                {count(row.flows)}
                {row.bytes > 0 && <small>{bytes(row.bytes)}</small>}
              </>
            ),
          },
          {
            head: t("traffic_since"),
            fold: t("traffic_since"),
            cell: (row) => <Moments first={row.first_at} last={row.last_at} />,
          },
          {
            head: t("state"),
            fold: t("state"),
            cell: (row) =>
              row.finding ? (
                <a href={link("findings", "", { kind: "contact" })}>
                  <St tone="info" icon="inbox">
                    {t("alert_filed")}
                  </St>
                </a>
              ) : (
                <St tone="soon">{t("alert_not_filed")}</St>
              ),
          },
        ]}
      />
    </Card>
  );
}

function save(hunt: Data, rows: HuntHit[]): void {
  const text = csvText([
    [
      t("machine"),
      t("address"),
      t("unit"),
      t("hunt_contact"),
      t("family"),
      t("list"),
      t("remote"),
      t("flows"),
      "bytes",
      t("first"),
      t("last"),
    ],
    ...rows.map((row) => [
      row.machine?.name ?? "",
      row.host,
      row.unit?.name ?? "",
      row.value,
      row.family,
      row.list,
      row.peer,
      String(row.flows),
      String(row.bytes),
      row.first_at,
      row.last_at,
    ]),
  ]);
  saveBlob(new Blob([text], { type: "text/csv" }), `truy-tim-${hunt.id}.csv`);
}

function Acts({
  of,
  hunt,
  chosen,
  office,
}: {
  of: Following<Data>;
  hunt: Data;
  chosen: string[];
  office: boolean;
}) {
  const act = useAct();
  const [made, setMade] = useState<number>();
  const { path, reload } = of;
  const file = () =>
    act.run(async () => {
      const { findings } = await call<{ findings: number }>("POST", path + "/findings", {
        rows: chosen.slice(0, FINDINGS_MAX),
      });
      setMade(findings);
      touch(["finding", "incident", "machine"]);
      reload();
    });
  return (
    <>
      {(act.problem ?? of.act.problem) && (
        <ProblemNote problem={(act.problem ?? of.act.problem)!} />
      )}
      {made !== undefined && (
        <span class="small" role="status">
          {t("hunt_filed", { n: made })}{" "}
          <a href={link("findings", "", { kind: "contact" })}>{t("nav_findings")}</a>
          {" · "}
          <a href={link("incidents")}>{t("nav_incidents")}</a>
        </span>
      )}
      {office && <StopButton of={of} />}
      {hunt.rows.length > 0 && (
        <button class="btn" type="button" onClick={() => save(hunt, hunt.rows)}>
          <Icon name="save" />
          {t("export_csv")}
        </button>
      )}
      {office && hunt.rows.length > 0 && (
        <button
          class="btn go"
          type="button"
          disabled={act.busy || !chosen.length}
          onClick={() => void file()}
        >
          <Icon name="fire" />
          {t("hunt_file", { n: Math.min(chosen.length, FINDINGS_MAX) })}
        </button>
      )}
    </>
  );
}

function Body({ hunt, select }: { hunt: Data; select?: Selection }) {
  const { query } = useStore(route);
  const rows = hunt.rows.filter((row) => !query.unit || row.unit?.id === query.unit);
  const running = isRunning(hunt);
  const found = hunt.rows.length > 0;
  return (
    <>
      <Progress
        order={hunt}
        words={t(found ? "hunt_so_far" : running ? "hunt_nothing_yet" : "hunt_ended", {
          n: hunt.hits,
          m: hunt.hosts,
        })}
      />
      {hunt.left_out > 0 && (
        <Note tone="soon" title={t("hunt_left_out", { n: hunt.left_out })}>
          <p>{t("hunt_left_out_note")}</p>
        </Note>
      )}
      <Figures hunt={hunt} />
      <CoverNote cover={hunt.coverage} />
      {found ? (
        <>
          <Contacts hunt={hunt} />
          <ByUnit rows={hunt.rows} chosen={query.unit} />
          <Rows rows={rows} select={select} />
        </>
      ) : (
        !running && <Nothing hunt={hunt} />
      )}
    </>
  );
}

/** "Nothing found" is only as good as what was looked at. */
function Nothing({ hunt }: { hunt: Data }) {
  const whole =
    hunt.coverage.percent >= 99 &&
    hunt.state === "done" &&
    hunt.sensors.every((one) => one.state === "done");
  return (
    <Empty icon={whole ? "check" : "q"} title={t(whole ? "hunt_nothing" : "hunt_nothing_unsure")}>
      {t("hunt_nothing_note")}
    </Empty>
  );
}

export function HuntPage({ id }: { id: string }) {
  const loaded = useOrder<Data>("hunts", id);
  const office = useStore(session)?.account?.role !== "unit";
  const { query } = useStore(route);
  const chosen = useSelection();
  const hunt = loaded.data;
  const open = useMemo(
    () =>
      (hunt?.rows ?? [])
        .filter((row) => !row.finding && (!query.unit || row.unit?.id === query.unit))
        .map((row) => row.id),
    [hunt, query.unit],
  );
  const ticked = chosen.keys.filter((key) => open.includes(key));
  return (
    <Page
      title={hunt ? huntName(hunt) : t("nav_hunt")}
      heading={hunt && t("hunt_title", { list: huntName(hunt) })}
      path={[
        { text: t("nav_traffic"), href: link("traffic") },
        { text: t("nav_hunt"), href: link("hunt") },
      ]}
      sub={
        hunt && (
          <>
            {huntPeriod(hunt)} · {t("sensors_n", { n: hunt.sensors.length })} ·{" "}
            {full(hunt.created_at)}
          </>
        )
      }
      acts={
        hunt && (
          <Acts
            of={loaded}
            hunt={hunt}
            chosen={ticked.length ? ticked : open}
            office={office}
          />
        )
      }
    >
      <Wait of={loaded}>{(data) => <Body hunt={data} select={office ? chosen : undefined} />}</Wait>
    </Page>
  );
}
