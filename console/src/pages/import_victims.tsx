// From a public address to the unit and the machine behind it, with confidence and the reason;
// the hard ones first.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { link } from "../app/route";
import { moment } from "../app/time";
import type { Preview, Victim } from "../app/types";
import { Bar, Confidence, St, deltaTone, type Part } from "../ui/marks";
import { Card } from "../ui/page";
import { Empty } from "../ui/states";
import { Table } from "../ui/table";
import { both, count, t, tMaybe } from "../words";

type Which = "all" | "no_machine" | "returned";

const which: Record<Which, (one: Victim) => boolean> = {
  all: () => true,
  no_machine: (one) => one.machines.length !== 1,
  returned: (one) => one.delta === "returned",
};

export function Victims({ preview }: { preview: Preview }) {
  const [tab, setTab] = useState<Which>("all");
  const rows = preview.victims.filter(which[tab]).sort((a, b) => a.confidence - b.confidence);
  return (
    <Card
      title={t("victims")}
      note={t("victims_note", { n: preview.victims.length })}
      flush
      acts={
        <div class="seg" role="group" aria-label={t("filter_line")}>
          {(Object.keys(which) as Which[]).map((one) => (
            <button key={one} type="button" aria-pressed={tab === one} onClick={() => setTab(one)}>
              {t(`victims_${one}`)} {count(preview.victims.filter(which[one]).length)}
            </button>
          ))}
        </div>
      }
    >
      {rows.length ? (
        <Table
          rows={rows}
          rowKey={(one) => one.address}
          label={t("victims")}
          columns={[
            {
              head: t("address_named"),
              cell: (one) => (
                <>
                  <b class="mono break">{one.address}</b>
                  <small>
                    {t("rows_n", { n: one.rows })}
                    {one.malware ? " · " + one.malware : ""}
                    {one.seen_at ? " · " + moment(one.seen_at) : ""}
                  </small>
                </>
              ),
            },
            {
              head: t("delta"),
              fold: t("delta"),
              cell: (one) => <St tone={deltaTone(one.delta)}>{tMaybe("delta_", one.delta)}</St>,
            },
            {
              head: t("unit"),
              fold: t("unit"),
              cell: (one) =>
                one.unit ? (
                  <>
                    <b>{one.unit.name}</b>
                    {one.range && <small class="mono">{one.range}</small>}
                  </>
                ) : (
                  <>
                    {t("unit_unknown")}
                    <small>
                      <a href={link("units")}>{t("unit_unknown_do")}</a>
                    </small>
                  </>
                ),
            },
            {
              head: t("machine"),
              fold: t("machine"),
              cell: (one) => (
                <>
                  <b>
                    {one.machines.length === 0
                      ? "–"
                      : one.machines.length === 1
                        ? one.machines[0]!.name
                        : t("machines_n", { n: one.machines.length })}
                  </b>
                  <small>{both(one.reason)}</small>
                </>
              ),
            },
            {
              head: t("confidence"),
              fold: t("confidence"),
              cell: (one) => <Confidence value={one.confidence} />,
            },
          ]}
        />
      ) : (
        <Empty icon="check" title={t("filter_nothing")} />
      )}
    </Card>
  );
}

export function Delta({ preview }: { preview: Preview }) {
  const of = (delta: string) => preview.victims.filter((one) => one.delta === delta).length;
  const rows: [string, number, Part["tone"]][] = [
    [t("delta_new_n", { n: of("new") }), of("new"), "act"],
    [t("delta_still_n", { n: of("still") }), of("still"), "soon"],
    [t("delta_returned_n", { n: of("returned") }), of("returned"), "unmet"],
    [t("delta_gone_n", { n: preview.gone.length }), preview.gone.length, "met"],
  ];
  const most = Math.max(1, ...rows.map(([, n]) => n));
  return (
    <Card title={t("delta_title")} foot={preview.gone.length ? t("delta_gone_note") : undefined}>
      <div class="deltas">
        {rows.map(([text, n, tone]) => (
          <div key={text}>
            <span>{text}</span>
            <Bar total={most} parts={[{ tone, value: n }]} />
          </div>
        ))}
      </div>
    </Card>
  );
}
