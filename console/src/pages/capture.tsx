// A packet capture gone through against the set in use: who touched a listed address or name.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call } from "../app/api";
import { touch } from "../app/live";
import { link } from "../app/route";
import { full, moment } from "../app/time";
import type { CaptureResult } from "../app/types";
import { useAct } from "../ui/dialog";
import { Drop } from "../ui/drop";
import { Fig, Note } from "../ui/marks";
import { Card, Page } from "../ui/page";
import { ProblemNote } from "../ui/states";
import { Table, counted } from "../ui/table";
import { count, t } from "../words";

function Result({ name, result }: { name: string; result: CaptureResult }) {
  const rows = result.matches.map((one, n) => ({ ...one, n }));
  return (
    <>
      <Note
        tone={rows.length ? "unmet" : "met"}
        live
        title={rows.length ? t("capture_found", { n: rows.length }) : t("capture_clean")}
      >
        <p>
          <span class="break">{name}</span>.{" "}
          {result.findings > 0 && (
            <a href={link("findings")}>{t("capture_findings", { n: result.findings })}</a>
          )}
        </p>
      </Note>
      <dl class="figs">
        <Fig label={t("packets")} value={count(result.packets)} />
        <Fig label={t("skipped")} value={count(result.skipped)}>
          {t("capture_skipped_note")}
        </Fig>
        <Fig
          label={t("matches")}
          value={count(rows.length)}
          tone={rows.length ? "unmet" : undefined}
        />
      </dl>
      {rows.length > 0 && (
        <Card title={t("matches")} acts={counted(rows.length)} flush>
          <Table
            rows={rows}
            rowKey={(one) => String(one.n)}
            label={t("matches")}
            columns={[
              {
                head: t("value"),
                cell: (one) => (
                  <>
                    <b class="mono break txt unmet">{one.value}</b>
                    <small>{one.type}</small>
                  </>
                ),
              },
              {
                head: t("from_to"),
                fold: t("from_to"),
                cell: (one) => (
                  <span class="mono break">
                    {one.source} → {one.destination}
                  </span>
                ),
              },
              {
                head: t("family"),
                fold: t("family"),
                cell: (one) => (
                  <>
                    {one.family || "–"}
                    <small>{one.list}</small>
                  </>
                ),
              },
              {
                head: t("at"),
                fold: t("at"),
                cell: (one) => <span title={full(one.at)}>{moment(one.at)}</span>,
              },
            ]}
          />
        </Card>
      )}
    </>
  );
}

export function CapturePage() {
  const act = useAct();
  const [done, setDone] = useState<{ name: string; result: CaptureResult }>();
  const take = (file: File) =>
    act.run(async () => {
      setDone(undefined);
      const result = await call<CaptureResult>("POST", "/captures", file, {
        raw: true,
        query: { name: file.name },
      });
      setDone({ name: file.name, result });
      touch(["finding", "machine", "matrix"]);
    });
  return (
    <Page
      title={t("capture_title")}
      path={[{ text: t("nav_findings"), href: link("findings") }]}
      sub={t("capture_sub")}
    >
      <Drop
        icon="net"
        title={t("capture_drop")}
        hint={t("capture_hint")}
        busy={act.busy}
        accept=".pcap,.pcapng,.cap"
        onFiles={(files) => files[0] && void take(files[0])}
      />
      {act.problem && <ProblemNote problem={act.problem} />}
      {done && <Result name={done.name} result={done.result} />}
    </Page>
  );
}
