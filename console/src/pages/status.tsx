// How the centre itself does: processes, database, every limit with its counter; and, for the
// administrator, who did what.
// SPDX-License-Identifier: Apache-2.0
import { session } from "../app/api";
import { useGet } from "../app/live";
import { useStore } from "../app/store";
import { ago, full, moment } from "../app/time";
import type { Status } from "../app/types";
import { Fig } from "../ui/marks";
import { Card, Page } from "../ui/page";
import { Empty, ProblemNote, Wait } from "../ui/states";
import { Table } from "../ui/table";
import { bytes, count, t, tMaybe } from "../words";

type Audit = {
  sequence: number;
  at: string;
  actor: string;
  act: string;
  object_kind?: string;
  object_id?: string;
  address?: string;
};

function AuditCard() {
  const loaded = useGet<{ audit?: Audit[]; entries?: Audit[]; rows?: Audit[] }>("/audit");
  const rows = loaded.data?.audit ?? loaded.data?.entries ?? loaded.data?.rows ?? [];
  if (loaded.problem && !loaded.data) return <ProblemNote problem={loaded.problem} />;
  return (
    <Card title={t("audit")} note={t("audit_note")} flush>
      {rows.length ? (
        <Table
          rows={[...rows].sort((a, b) => b.sequence - a.sequence)}
          rowKey={(one) => String(one.sequence)}
          label={t("audit")}
          columns={[
            {
              head: t("at"),
              cell: (one) => (
                <span title={full(one.at)}>
                  {moment(one.at)}
                  <small>#{one.sequence}</small>
                </span>
              ),
            },
            {
              head: t("who"),
              fold: t("who"),
              cell: (one) => (
                <>
                  {one.actor}
                  <small class="mono">{one.address}</small>
                </>
              ),
            },
            { head: t("act"), fold: t("act"), cell: (one) => tMaybe("audit_", one.act) },
            {
              head: t("object"),
              fold: t("object"),
              cell: (one) => (
                <>
                  {tMaybe("object_", one.object_kind)}
                  <small class="mono break">{one.object_id}</small>
                </>
              ),
            },
          ]}
        />
      ) : (
        <Empty icon="note" title={t("audit_none")} />
      )}
    </Card>
  );
}

/** Counters may come in groups: {"intake": {"filed": 3}} reads as "intake.filed 3". */
function flat(value: Record<string, unknown>, prefix = ""): [string, string][] {
  return Object.entries(value).flatMap(([name, one]): [string, string][] =>
    typeof one === "object" && one !== null
      ? flat(one as Record<string, unknown>, prefix + name + ".")
      : [[prefix + name, typeof one === "number" ? count(one) : String(one)]],
  );
}

function Body({ status }: { status: Status }) {
  const memory = status.processes.reduce((all, one) => all + one.rss_bytes, 0);
  return (
    <>
      <dl class="figs">
        <Fig label={t("version")} value={status.version}>
          {t("started", { ago: ago(status.started_at) })}
        </Fig>
        <Fig label={t("database")} value={bytes(status.database.bytes)}>
          {status.database.engine}, {t("schema_n", { n: status.database.schema })}
        </Fig>
        <Fig label={t("memory")} value={bytes(memory)}>
          {t("processes_n", { n: status.processes.length })}
        </Fig>
      </dl>
      <div class="two">
        <Card title={t("processes")} flush>
          <Table
            rows={status.processes}
            rowKey={(one) => String(one.pid)}
            label={t("processes")}
            columns={[
              { head: t("process"), cell: (one) => <b>{tMaybe("process_", one.name)}</b> },
              { head: "PID", fold: "PID", num: true, cell: (one) => one.pid },
              {
                head: t("memory"),
                fold: t("memory"),
                num: true,
                cell: (one) => bytes(one.rss_bytes),
              },
            ]}
          />
        </Card>
        <Card title={t("counters")} note={t("counters_note")} flush>
          <Table
            rows={flat(status.counters)}
            rowKey={([name]) => name}
            label={t("counters")}
            columns={[
              {
                head: t("counter"),
                cell: ([name]) => <span title={name}>{tMaybe("counter_", name)}</span>,
              },
              { head: t("value"), fold: t("value"), num: true, cell: ([, value]) => value },
            ]}
          />
        </Card>
      </div>
    </>
  );
}

export function StatusPage() {
  const loaded = useGet<Status>("/status");
  const admin = useStore(session)?.account?.role === "administrator";
  return (
    <Page
      title={t("nav_status")}
      sub={t("status_sub")}
      acts={
        <button class="btn" type="button" onClick={loaded.reload}>
          {t("reload")}
        </button>
      }
    >
      <Wait of={loaded}>{(data) => <Body status={data} />}</Wait>
      {admin && <AuditCard />}
    </Page>
  );
}
