// What the sensors noticed: contact with what a list names, beacons, scans, floods.
// On the traffic page and a machine's.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { matches } from "../app/fold";
import { link } from "../app/route";
import type { Alert } from "../app/traffic_types";
import { St, type Tone } from "../ui/marks";
import { Card } from "../ui/page";
import { Empty } from "../ui/states";
import { Table } from "../ui/table";
import { Host, Moments, UnitName } from "../ui/traffic_marks";
import { both, count, t, tMaybe } from "../words";
import { LogsCard, QuietCell, QuietsCard } from "./traffic_quiet";

const tones: Record<Alert["kind"], Tone> = {
  listed: "unmet",
  beacon: "soon",
  scan: "soon",
  flood: "soon",
};

function What({ of }: { of: Alert }) {
  const peer = of.peer ? of.peer + (of.port ? ":" + of.port : "") : "";
  return (
    <>
      <b class="mono break">{of.value || peer}</b>
      <small>
        {[tMaybe("seen_in_", of.seen_in), of.value && peer !== of.value ? peer : "", of.protocol]
          .filter(Boolean)
          .join(" · ")}
      </small>
    </>
  );
}

export function AlertsCard({
  alerts,
  total,
  watched,
  alone,
}: {
  alerts: Alert[];
  total: number;
  watched?: boolean; // a sensor looks: "none" is a statement
  alone?: boolean; // on the page of one machine
}) {
  const [text, setText] = useState("");
  const rows = alerts.filter(
    (one) =>
      !text ||
      matches(
        [
          one.host,
          one.machine?.name,
          one.unit?.name,
          one.value,
          one.peer,
          one.family,
          one.list,
        ].join(" "),
        text,
      ),
  );
  const place = {
    head: t("machine"),
    fold: t("machine"),
    cell: (one: Alert) => (
      <>
        <Host of={one} host={one.host} />
        <small>
          <UnitName of={one} />
        </small>
      </>
    ),
  };
  const card = (
    <Card
      title={t("alerts")}
      note={
        total > alerts.length ? t("rows_shown", { n: alerts.length, of: total }) : t("alerts_note")
      }
      flush
      id="alerts"
      acts={
        alerts.length > 8 && (
          <input
            type="search"
            value={text}
            aria-label={t("filter_text")}
            placeholder={t("filter_text")}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        )
      }
    >
      {rows.length ? (
        <Table
          rows={rows}
          rowKey={(one) => one.sensor.id + one.id}
          label={t("alerts")}
          hot={(one) => one.kind === "listed" && one.origin !== "sinkhole" && !one.quiet}
          columns={[
            {
              head: t("kind"),
              cell: (one) => (
                <>
                  <St tone={tones[one.kind]} icon={one.kind === "listed" ? "fire" : undefined}>
                    {tMaybe("alert_kind_", one.kind)}
                  </St>
                  {one.origin === "sinkhole" && <small>{t("alert_sinkhole")}</small>}
                </>
              ),
            },
            ...(alone ? [] : [place]),
            { head: t("remote"), fold: t("remote"), cell: (one) => <What of={one} /> },
            {
              head: t("why"),
              fold: t("why"),
              cell: (one) =>
                one.family || one.list ? (
                  <>
                    {one.family || "?"}
                    <small>{one.list}</small>
                  </>
                ) : (
                  <span class="why">{both(one.evidence.reason) || "–"}</span>
                ),
            },
            { head: t("times"), fold: t("times"), num: true, cell: (one) => count(one.times) },
            {
              head: t("traffic_since"),
              fold: t("traffic_since"),
              cell: (one) => <Moments first={one.first_at} last={one.last_at} />,
            },
            {
              head: t("finding"),
              fold: t("finding"),
              cell: (one) =>
                one.finding ? (
                  <a href={link("findings", "", { kind: "contact" })}>{t("alert_filed")}</a>
                ) : (
                  <span class="hint">{t("alert_not_filed")}</span>
                ),
            },
            { head: t("quiet"), fold: t("quiet"), cell: (one) => <QuietCell of={one} /> },
          ]}
        />
      ) : (
        <Empty
          icon={watched ? "check" : "q"}
          title={t(alerts.length ? "filter_nothing" : watched ? "alerts_none" : "alerts_unknown")}
        />
      )}
    </Card>
  );
  if (alone) return card;
  return (
    <>
      {card}
      <QuietsCard />
      <LogsCard />
    </>
  );
}
