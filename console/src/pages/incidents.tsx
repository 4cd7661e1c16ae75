// Incidents, the one whose deadline comes first on top.
// SPDX-License-Identifier: Apache-2.0
import { matches } from "../app/fold";
import { useGet } from "../app/live";
import { link, route } from "../app/route";
import { useStore } from "../app/store";
import { full, moment, span } from "../app/time";
import type { Incident } from "../app/types";
import { FilterLine } from "../ui/filter";
import { St, incidentTone, severityTone } from "../ui/marks";
import { Card, Page } from "../ui/page";
import { Empty, Wait } from "../ui/states";
import { Table, counted } from "../ui/table";
import { t, tMaybe } from "../words";

export function ownerName(owner: Incident["owner"]): string {
  return !owner ? "" : typeof owner === "string" ? owner : owner.name;
}

export function DueSt({ incident }: { incident: Incident }) {
  if (incident.closed_at)
    return <St tone="met">{t("closed_at", { at: moment(incident.closed_at) })}</St>;
  if (!incident.due_at) return <span class="hint">{t("due_none")}</span>;
  const left = Date.parse(incident.due_at) - Date.now();
  const tone = left < 0 ? "unmet" : left < 86_400_000 ? "soon" : "info";
  return (
    <St tone={tone} icon="clock">
      {left < 0 ? t("overdue_by", { span: span(-left) }) : t("left_span", { span: span(left) })}
    </St>
  );
}

function Body({ incidents }: { incidents: Incident[] }) {
  const { query } = useStore(route);
  const due = (one: Incident) => (one.closed_at ? "z" : (one.due_at ?? "y"));
  const rows = incidents
    .filter(
      (one) =>
        (!query.severity || one.severity === query.severity) &&
        (!query.q ||
          matches(
            [one.number, one.title, one.unit?.name, ownerName(one.owner)].join(" "),
            query.q,
          )),
    )
    .sort((a, b) => due(a).localeCompare(due(b)));
  return (
    <>
      <FilterLine
        path="#/incidents?"
        filters={[
          {
            name: "state",
            label: t("state"),
            always: "open",
            options: ["open", "all"].map((value) => ({
              value,
              label: t(value === "open" ? "findings_open" : "findings_all"),
            })),
          },
          {
            name: "severity",
            label: t("severity"),
            options: ["critical", "high", "medium", "low"].map((value) => ({
              value,
              label: tMaybe("severity_", value),
            })),
          },
        ]}
      />
      <Card title={t("nav_incidents")} acts={counted(rows.length)} flush>
        {rows.length ? (
          <Table
            rows={rows}
            rowKey={(one) => one.id}
            label={t("nav_incidents")}
            href={(one) => link("incident", one.id)}
            hot={(one) => !one.closed_at && !!one.due_at && Date.parse(one.due_at) < Date.now()}
            columns={[
              {
                head: t("incident"),
                cell: (one) => (
                  <>
                    <a href={link("incident", one.id)}>
                      <b>{one.number}</b>
                    </a>{" "}
                    <span class="break">{one.title}</span>
                    <small>{tMaybe("class_", one.class)}</small>
                  </>
                ),
              },
              {
                head: t("unit"),
                fold: t("unit"),
                cell: (one) =>
                  one.unit ? <a href={link("unit", one.unit.id)}>{one.unit.name}</a> : "–",
              },
              {
                head: t("state"),
                fold: t("state"),
                cell: (one) => (
                  <St tone={incidentTone(one.state)}>{tMaybe("incident_", one.state)}</St>
                ),
              },
              {
                head: t("severity"),
                fold: t("severity"),
                cell: (one) => (
                  <St tone={severityTone(one.severity)} icon="fire">
                    {tMaybe("severity_", one.severity)}
                  </St>
                ),
              },
              { head: t("due"), fold: t("due"), cell: (one) => <DueSt incident={one} /> },
              {
                head: t("owner"),
                fold: t("owner"),
                cell: (one) => ownerName(one.owner) || <span class="hint">{t("owner_none")}</span>,
              },
              {
                head: t("detected"),
                fold: t("detected"),
                cell: (one) => <span title={full(one.detected_at)}>{moment(one.detected_at)}</span>,
              },
            ]}
          />
        ) : (
          <Empty icon="check" title={t(incidents.length ? "filter_nothing" : "incidents_none")} />
        )}
      </Card>
    </>
  );
}

export function IncidentsPage() {
  const { query } = useStore(route);
  const loaded = useGet<{ incidents: Incident[] }>(
    "/incidents?state=" + encodeURIComponent(query.state ?? "open"),
    ["incident"],
  );
  return (
    <Page title={t("nav_incidents")} sub={t("incidents_sub")}>
      <Wait of={loaded}>{({ incidents }) => <Body incidents={incidents} />}</Wait>
    </Page>
  );
}
