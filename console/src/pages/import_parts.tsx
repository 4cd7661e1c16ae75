// Parts of the import that a filed list shows too: the sums that add up, the refused rows with
// number, reading and reason.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { download, saveBlob } from "../app/api";
import { csvText } from "../app/csv";
import type { Counts, Refused, Warned } from "../app/types";
import { useAct } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { St } from "../ui/marks";
import { Card } from "../ui/page";
import { ProblemNote } from "../ui/states";
import { Table } from "../ui/table";
import { both, count, t, tMaybe } from "../words";

export function KindSt({ kind }: { kind: string }) {
  return (
    <St tone={kind === "victim" ? "soon" : "info"} icon={kind === "victim" ? "pc" : "net"}>
      {tMaybe("list_kind_", kind)}
    </St>
  );
}

export function Sums({ counts, distinct }: { counts: Counts; distinct?: number }) {
  const parts = [counts.good, counts.duplicate, counts.refused, counts.warned, counts.outside];
  const sum = counts.good + counts.duplicate + counts.refused;
  const whole = parts.reduce((all, n) => all + n, 0);
  // warned and outside rows may be counted among the good ones or beside them: say only what
  // is true
  const line =
    sum === counts.read
      ? [counts.good, counts.duplicate, counts.refused]
      : whole === counts.read
        ? parts.filter((n) => n > 0)
        : null;
  const row = (name: string, n: number, tone?: string) => (
    <>
      <dt>{name}</dt>
      <dd class={"num" + (tone && n ? " txt " + tone : "")}>
        <b>{count(n)}</b>
      </dd>
    </>
  );
  return (
    <Card
      title={t("sums")}
      foot={
        line ? (
          <span>
            {count(counts.read)} = {line.map(count).join(" + ")}. {t("sums_kept")}
          </span>
        ) : (
          t("sums_kept")
        )
      }
    >
      <dl class="facts sums">
        {row(t("rows_read"), counts.read)}
        {row(t("rows_good"), counts.good, "met")}
        {row(t("rows_duplicate"), counts.duplicate)}
        {row(t("rows_refused"), counts.refused, "soon")}
        {row(t("rows_warned"), counts.warned, "soon")}
        {counts.outside !== undefined && row(t("rows_outside"), counts.outside)}
        {distinct !== undefined && row(t("rows_distinct"), distinct)}
      </dl>
    </Card>
  );
}

function refusedCsv(refused: Refused[]): Blob {
  const rows = refused.map((one) => [String(one.line), one.column ?? "", one.read ?? one.raw ?? "", both(one.why)]);
  return new Blob([csvText([[t("line"), t("column"), t("was_read"), t("why")], ...rows])], {
    type: "text/csv;charset=utf-8",
  });
}

export function Refusals({
  refused,
  warned,
  total,
  file,
}: {
  refused: Refused[];
  warned: Warned[];
  total?: number;
  file?: string;
}) {
  const act = useAct();
  const [tab, setTab] = useState<"refused" | "warned">(
    refused.length || !warned.length ? "refused" : "warned",
  );
  if (!refused.length && !warned.length) return null;
  const save = () =>
    act.run(async () => {
      if (file) await download("GET", file, "dong-khong-nhan.csv");
      else saveBlob(refusedCsv(refused), "dong-khong-nhan.csv");
    });
  return (
    <Card
      title={t(tab === "refused" ? "rows_refused_title" : "rows_warned_title")}
      flush
      acts={
        <>
          {refused.length > 0 && warned.length > 0 && (
            <div class="seg" role="group" aria-label={t("filter_line")}>
              <button
                type="button"
                aria-pressed={tab === "refused"}
                onClick={() => setTab("refused")}
              >
                {t("rows_refused")} {count(total ?? refused.length)}
              </button>
              <button
                type="button"
                aria-pressed={tab === "warned"}
                onClick={() => setTab("warned")}
              >
                {t("rows_warned")} {count(warned.length)}
              </button>
            </div>
          )}
          {tab === "refused" && refused.length > 0 && (
            <button class="btn" type="button" disabled={act.busy} onClick={() => void save()}>
              <Icon name="save" />
              {t("refused_save", { n: total ?? refused.length })}
            </button>
          )}
        </>
      }
    >
      {act.problem && <ProblemNote problem={act.problem} />}
      {tab === "refused" ? (
        <Table
          rows={refused}
          rowKey={(one) => one.line + ":" + (one.column ?? "") + (one.read ?? "")}
          label={t("rows_refused_title")}
          columns={[
            {
              head: t("line"),
              cell: (one) => <b class="nowrap">{t("line_n", { n: one.line })}</b>,
            },
            { head: t("column"), fold: t("column"), cell: (one) => one.column || t("whole_line") },
            {
              head: t("was_read"),
              fold: t("was_read"),
              cell: (one) => <span class="mono break">{one.read || one.raw || t("empty_cell")}</span>,
            },
            { head: t("why"), fold: t("why"), cell: (one) => both(one.why) },
          ]}
        />
      ) : (
        <Table
          rows={warned}
          rowKey={(one) => one.line + ":" + one.value}
          label={t("rows_warned_title")}
          columns={[
            {
              head: t("line"),
              cell: (one) => <b class="nowrap">{t("line_n", { n: one.line })}</b>,
            },
            {
              head: t("value"),
              fold: t("value"),
              cell: (one) => <span class="mono break">{one.value}</span>,
            },
            {
              head: t("why"),
              fold: t("why"),
              cell: (one) => (
                <>
                  {both(one.why)}
                  {one.list && (
                    <small>
                      <St tone="info">{one.list}</St>
                    </small>
                  )}
                </>
              ),
            },
          ]}
        />
      )}
    </Card>
  );
}
