// Indicators month against month: new, still there, gone, expired; per source and in all.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { useGet } from "../app/live";
import { link } from "../app/route";
import { moment } from "../app/time";
import type { Maybe } from "../app/types";
import { Fig } from "../ui/marks";
import { Card } from "../ui/page";
import { Empty, Wait } from "../ui/states";
import { Table } from "../ui/table";
import { count, t } from "../words";

interface Difference {
  added: number;
  still: number;
  gone: number;
  expired: number;
}

interface Version {
  list: string;
  received_at: string;
}

interface Source extends Difference {
  source: string;
  old: Maybe<Version>;
  new: Maybe<Version>;
}

interface Months {
  months: string[];
  old: string;
  new: string;
  sources: Source[];
  all: Difference;
}

const shown = (month: string) => month.slice(5) + "/" + month.slice(0, 4);

function MonthSelect({
  label,
  months,
  chosen,
  choose,
}: {
  label: string;
  months: string[];
  chosen: string;
  choose: (month: string) => void;
}) {
  const all = months.includes(chosen) ? months : [chosen, ...months];
  return (
    <select aria-label={label} onChange={(event) => choose(event.currentTarget.value)}>
      {[...all].reverse().map((month) => (
        <option key={month} value={month} selected={month === chosen}>
          {shown(month)}
        </option>
      ))}
    </select>
  );
}

function VersionLink({ of }: { of: Maybe<Version> }) {
  return of ? <a href={link("list", of.list)}>{moment(of.received_at)}</a> : <>–</>;
}

export function ListMonths() {
  const [chosen, setChosen] = useState({ older: "", newer: "" });
  const loaded = useGet<Months>(
    `/lists/months?old=${chosen.older}&new=${chosen.newer}`,
    ["list", "set"],
  );
  return (
    <Wait of={loaded}>
      {(data) => (
        <Card
          title={t("months_title")}
          note={t("months_note")}
          acts={
            <>
              <MonthSelect
                label={t("months_older")}
                months={data.months}
                chosen={data.old}
                choose={(older) => setChosen({ older, newer: data.new })}
              />
              →
              <MonthSelect
                label={t("months_newer")}
                months={data.months}
                chosen={data.new}
                choose={(newer) => setChosen({ older: data.old, newer })}
              />
            </>
          }
          flush
        >
          {data.sources.length ? (
            <>
              <dl class="figs">
                {(["added", "still", "gone", "expired"] as const).map((name) => (
                  <Fig key={name} label={t(`compare_${name}`)} value={count(data.all[name])} />
                ))}
              </dl>
              <Table
                rows={data.sources}
                rowKey={(one) => one.source}
                label={t("months_title")}
                columns={[
                  {
                    head: t("source"),
                    cell: (one) => (
                      <>
                        <b class="break">{one.source}</b>
                        <small>
                          <VersionLink of={one.old} /> → <VersionLink of={one.new} />
                        </small>
                      </>
                    ),
                  },
                  ...(["added", "still", "gone", "expired"] as const).map((name) => ({
                    head: t(`compare_${name}`),
                    fold: t(`compare_${name}`),
                    num: true,
                    cell: (one: Source) => count(one[name]),
                  })),
                ]}
              />
            </>
          ) : (
            <Empty icon="list" title={t("months_none")} />
          )}
        </Card>
      )}
    </Wait>
  );
}
