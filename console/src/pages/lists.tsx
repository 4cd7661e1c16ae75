// Lists that came in: indicators (others' bad addresses) and victim rows (our own addresses,
// seen by others).
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call, session } from "../app/api";
import { matches } from "../app/fold";
import { touch, useGet } from "../app/live";
import { link, route } from "../app/route";
import { useStore } from "../app/store";
import { full, moment } from "../app/time";
import type { Batch, BatchPage, IndicatorSet, Lists } from "../app/types";
import { Ask } from "../ui/dialog";
import { FilterLine } from "../ui/filter";
import { Icon } from "../ui/icon";
import { Fig, St } from "../ui/marks";
import { Card, Facts, Page } from "../ui/page";
import { Empty, Wait } from "../ui/states";
import { Table, counted } from "../ui/table";
import { bytes, count, t, tMaybe } from "../words";
import { KindSt, Refusals, Sums } from "./import_parts";

function SetCard({ set }: { set: IndicatorSet }) {
  return (
    <dl class="figs">
      <Fig label={t("set_total")} value={count(set.total)}>
        {t("set_made", { at: moment(set.made_at) })}
      </Fig>
      <Fig label={t("set_ip")} value={count(set.ipv4 + set.ipv6)}>
        {t("set_prefixes", { n: set.prefixes })}
      </Fig>
      <Fig label={t("set_names")} value={count(set.names)}>
        {t("set_urls", { n: set.urls })}
      </Fig>
      <Fig label={t("set_hashes")} value={count(set.hashes)}>
        {t("set_certificates", { n: set.certificates })}
      </Fig>
      <Fig label={t("set_size")} value={bytes(set.bytes)}>
        <span class="mono break">{set.generation}</span>
      </Fig>
    </dl>
  );
}

function Body({ lists }: { lists: Lists }) {
  const { query } = useStore(route);
  const rows = lists.batches.filter(
    (one) =>
      (!query.kind || one.kind === query.kind) &&
      (!query.source || one.source === query.source) &&
      (!query.q || matches([one.file_name, one.source, one.period, one.letter].join(" "), query.q)),
  );
  return (
    <>
      {lists.set && <SetCard set={lists.set} />}
      <FilterLine
        path="#/lists?"
        filters={[
          {
            name: "kind",
            label: t("filter_kind"),
            options: ["victim", "indicator"].map((value) => ({
              value,
              label: tMaybe("list_kind_", value),
            })),
          },
          {
            name: "source",
            label: t("source"),
            options: [...new Set(lists.batches.map((one) => one.source))].map((value) => ({
              value,
              label: value,
            })),
          },
        ]}
      />
      <Card title={t("lists_in")} acts={counted(rows.length)} flush>
        {rows.length ? (
          <Table
            rows={rows}
            rowKey={(one) => one.id}
            label={t("lists_in")}
            href={(one) => link("list", one.id)}
            columns={[
              {
                head: t("file"),
                cell: (one) => (
                  <>
                    <a href={link("list", one.id)}>
                      <b class="break">{one.file_name || t("pasted")}</b>
                    </a>
                    <small>
                      {[one.source, one.format, one.period].filter(Boolean).join(" · ")}
                    </small>
                  </>
                ),
              },
              { head: t("kind"), fold: t("kind"), cell: (one) => <KindSt kind={one.kind} /> },
              {
                head: t("rows_good"),
                fold: t("rows_good"),
                num: true,
                cell: (one) => <b>{count(one.counts.good)}</b>,
              },
              {
                head: t("rows_refused"),
                fold: t("rows_refused"),
                num: true,
                cell: (one) => (
                  <>
                    {one.counts.refused ? (
                      <b class="txt soon">{count(one.counts.refused)}</b>
                    ) : (
                      "0"
                    )}
                    {one.counts.warned > 0 && <small>{t("warned_n", { n: one.counts.warned })}</small>}
                  </>
                ),
              },
              {
                head: t("received"),
                fold: t("received"),
                cell: (one) => (
                  <>
                    <span title={full(one.received_at)}>{moment(one.received_at)}</span>
                    <small>{one.received_by}</small>
                  </>
                ),
              },
              {
                head: t("state"),
                fold: t("state"),
                cell: (one) =>
                  one.active ? (
                    <St tone="met">{t("list_active")}</St>
                  ) : (
                    <St tone="na">{t("list_withdrawn")}</St>
                  ),
              },
            ]}
          />
        ) : (
          <Empty icon="list" title={lists.batches.length ? t("filter_nothing") : t("lists_none")}>
            {t("lists_none_do")}
          </Empty>
        )}
      </Card>
    </>
  );
}

export function ListsPage() {
  const loaded = useGet<Lists>("/lists", ["list", "set"]);
  const office = useStore(session)?.account?.role !== "unit";
  return (
    <Page
      title={t("nav_lists")}
      sub={t("lists_sub")}
      acts={
        <>
          {office && (
            <a class="btn" href={link("feeds")}>
              <Icon name="save" />
              {t("feeds")}
            </a>
          )}
          <a class="btn" href={link("capture")}>
            <Icon name="net" />
            {t("capture_title")}
          </a>
          <a class="btn go" href={link("import")}>
            <Icon name="plus" />
            {t("import_title")}
          </a>
        </>
      }
    >
      <Wait of={loaded}>{(data) => <Body lists={data} />}</Wait>
    </Page>
  );
}

function BatchBody({ batch }: { batch: BatchPage }) {
  const [text, setText] = useState("");
  const rows = (batch.rows ?? []).filter(
    (row) => !text || matches([row.address, row.unit?.name, row.machine?.name].join(" "), text),
  );
  return (
    <div class="cols">
      <div class="stack">
        <Card
          title={t("batch_rows")}
          flush
          acts={
            <input
              type="search"
              value={text}
              aria-label={t("filter_text")}
              placeholder={t("filter_text")}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          }
        >
          {rows.length ? (
            <Table
              rows={rows}
              rowKey={(row) => row.line + row.address}
              label={t("batch_rows")}
              columns={[
                {
                  head: t("address"),
                  cell: (row) => (
                    <>
                      <b class="mono break">{row.address}</b>
                      <small>{t("line_n", { n: row.line })}</small>
                    </>
                  ),
                },
                {
                  head: t("unit"),
                  fold: t("unit"),
                  cell: (row) =>
                    row.unit ? (
                      <a href={link("unit", row.unit.id)}>{row.unit.name}</a>
                    ) : (
                      <span class="hint">{t("unit_unknown")}</span>
                    ),
                },
                {
                  head: t("machine"),
                  fold: t("machine"),
                  cell: (row) =>
                    row.machine ? (
                      <a href={link("machine", row.machine.id)}>{row.machine.name}</a>
                    ) : (
                      "–"
                    ),
                },
                {
                  head: t("state"),
                  fold: t("state"),
                  cell: (row) => tMaybe("finding_state_", row.state),
                },
              ]}
            />
          ) : (
            <Empty
              icon="list"
              title={t(batch.kind === "indicator" ? "batch_in_set" : "filter_nothing")}
            />
          )}
        </Card>
        <Refusals
          refused={batch.refused ?? []}
          warned={batch.warned ?? []}
          file={`/lists/${encodeURIComponent(batch.id)}/refused.csv`}
        />
      </div>
      <div class="stack">
        <Sums counts={batch.counts} />
        <Card title={t("this_list")}>
          <Facts
            rows={[
              [t("source"), batch.source],
              [t("kind"), <KindSt kind={batch.kind} />],
              [t("format"), batch.format],
              [t("period"), batch.period],
              [t("letter"), batch.letter],
              [t("received"), full(batch.received_at)],
              [t("received_by"), batch.received_by],
            ]}
          />
        </Card>
      </div>
    </div>
  );
}

export function ListPage({ id }: { id: string }) {
  const loaded = useGet<BatchPage>("/lists/" + encodeURIComponent(id), ["list", "finding"]);
  const office = useStore(session)?.account?.role !== "unit";
  const [asking, setAsking] = useState(false);
  const batch: Batch | undefined = loaded.data;
  return (
    <Page
      title={batch?.file_name || t("list")}
      path={[{ text: t("nav_lists"), href: link("lists") }]}
      sub={
        batch && (
          <>
            {batch.source} · {t("received")} {full(batch.received_at)}
          </>
        )
      }
      acts={
        batch &&
        office &&
        batch.kind === "indicator" &&
        batch.active && (
          <>
            <a class="btn" href={link("hunt", "", { list: id })}>
              <Icon name="back" />
              {t("nav_hunt")}
            </a>
            <button class="btn bad" type="button" onClick={() => setAsking(true)}>
              {t("list_withdraw")}
            </button>
          </>
        )
      }
    >
      <Wait of={loaded}>{(data) => <BatchBody batch={data} />}</Wait>
      {asking && (
        <Ask
          title={t("list_withdraw")}
          intro={t("list_withdraw_intro")}
          send={t("list_withdraw")}
          danger
          onClose={() => setAsking(false)}
          onSend={() =>
            call("DELETE", "/lists/" + encodeURIComponent(id)).then(() => touch(["list", "set"]))
          }
        />
      )}
    </Page>
  );
}
