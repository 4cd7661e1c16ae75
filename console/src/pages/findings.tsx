// Findings: victim rows, malware files, contacts. Each can be said to be not ours, waived, or
// given to a unit and machine.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call, session } from "../app/api";
import { matches } from "../app/fold";
import { touch, useGet } from "../app/live";
import { link, route } from "../app/route";
import { useStore } from "../app/store";
import { full, moment } from "../app/time";
import type { Finding, Machine, Unit } from "../app/types";
import { Ask, Field } from "../ui/dialog";
import { FilterLine } from "../ui/filter";
import { FindingName } from "../ui/finding";
import { Icon } from "../ui/icon";
import { Confidence, Fig, St, deltaTone, findingTone, severityTone } from "../ui/marks";
import { Card, Page } from "../ui/page";
import { Empty, Wait } from "../ui/states";
import { Table, counted } from "../ui/table";
import { both, count, t, tMaybe } from "../words";

function MoveDialog({ finding, onClose }: { finding: Finding; onClose: () => void }) {
  const [to, setTo] = useState("attributed");
  const [unit, setUnit] = useState(finding.unit?.id ?? "");
  const units = useGet<{ units: Unit[] }>(to === "attributed" ? "/units" : null).data?.units ?? [];
  const machines =
    useGet<{ machines: Machine[] }>(to === "attributed" ? "/machines" : null).data?.machines ?? [];
  const send = (form: FormData) =>
    call("POST", `/findings/${encodeURIComponent(finding.id)}/moves`, {
      to,
      reason: form.get("reason"),
      unit: to === "attributed" ? unit || undefined : undefined,
      machine: to === "attributed" ? form.get("machine") || undefined : undefined,
    }).then(() => touch(["finding", "matrix", "machine"]));
  return (
    <Ask
      title={t("finding_move")}
      intro={finding.title}
      send={t("save")}
      onClose={onClose}
      onSend={send}
    >
      <Field label={t("finding_to")}>
        <select value={to} onChange={(event) => setTo(event.currentTarget.value)}>
          {["attributed", "not_ours", "waived"].map((one) => (
            <option key={one} value={one}>
              {tMaybe("finding_to_", one)}
            </option>
          ))}
        </select>
      </Field>
      {to === "attributed" && (
        <>
          <Field label={t("unit")}>
            <select value={unit} required onChange={(event) => setUnit(event.currentTarget.value)}>
              <option value="">–</option>
              {units.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </select>
          </Field>
          <Field label={t("machine")} hint={t("finding_machine_hint")}>
            <select name="machine">
              <option value="">–</option>
              {machines
                .filter((one) => one.unit.id === unit)
                .map((one) => (
                  <option key={one.id} value={one.id} selected={one.id === finding.machine?.id}>
                    {one.name}
                  </option>
                ))}
            </select>
          </Field>
        </>
      )}
      <Field label={t("reason")}>
        <textarea name="reason" required minLength={5} rows={3} />
      </Field>
    </Ask>
  );
}

const weight: Record<string, number> = { critical: 0, high: 1, medium: 2, low: 3 };

function Body({ findings }: { findings: Finding[] }) {
  const { query } = useStore(route);
  const [moving, setMoving] = useState<Finding>();
  const units = new Map(
    findings.filter((one) => one.unit).map((one) => [one.unit!.id, one.unit!.name]),
  );
  const rows = findings
    .filter(
      (one) =>
        (!query.kind || one.kind === query.kind) &&
        (!query.unit || one.unit?.id === query.unit) &&
        (!query.delta || one.delta === query.delta) &&
        (!query.q ||
          matches(
            [
              one.title,
              one.malware,
              one.src_ip,
              one.remote,
              one.unit?.name,
              one.machine?.name,
            ].join(" "),
            query.q,
          )),
    )
    .sort(
      (a, b) =>
        (weight[a.severity] ?? 9) - (weight[b.severity] ?? 9) || b.last_at.localeCompare(a.last_at),
    );
  const of = (kind: string) => findings.filter((one) => one.kind === kind).length;
  return (
    <>
      <dl class="figs">
        <Fig label={t("finding_kind_victim")} value={count(of("victim"))}>
          {t("finding_victim_note")}
        </Fig>
        <Fig label={t("finding_kind_hit")} value={count(of("hit"))}>
          {t("finding_hit_note")}
        </Fig>
        <Fig label={t("finding_kind_contact")} value={count(of("contact"))}>
          {t("finding_contact_note")}
        </Fig>
        <Fig
          label={t("finding_no_machine")}
          value={count(findings.filter((one) => !one.machine).length)}
          tone="unknown"
        >
          {t("finding_no_machine_note")}
        </Fig>
      </dl>
      <FilterLine
        path="#/findings?"
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
            name: "kind",
            label: t("filter_kind"),
            options: ["victim", "hit", "contact"].map((value) => ({
              value,
              label: tMaybe("finding_kind_", value),
            })),
          },
          {
            name: "delta",
            label: t("delta"),
            options: ["new", "still", "returned"].map((value) => ({
              value,
              label: tMaybe("delta_", value),
            })),
          },
          {
            name: "unit",
            label: t("unit"),
            options: [...units].map(([value, label]) => ({ value, label })),
          },
        ]}
      />
      <Card title={t("findings")} acts={counted(rows.length)} flush>
        {rows.length ? (
          <Table
            rows={rows}
            rowKey={(one) => one.id}
            label={t("findings")}
            hot={(one) => one.severity === "critical"}
            onOpen={setMoving}
            columns={[
              {
                head: t("finding"),
                cell: (one) => <FindingName one={one} times />,
              },
              {
                head: t("unit_machine"),
                fold: t("unit_machine"),
                cell: (one) => (
                  <>
                    {one.unit ? (
                      <a href={link("unit", one.unit.id)}>{one.unit.name}</a>
                    ) : (
                      <span class="hint">{t("unit_unknown")}</span>
                    )}
                    <small>
                      {one.machine ? (
                        <a href={link("machine", one.machine.id)}>{one.machine.name}</a>
                      ) : (
                        both(one.reason)
                      )}
                    </small>
                  </>
                ),
              },
              {
                head: t("state"),
                fold: t("state"),
                cell: (one) => (
                  <>
                    <St tone={findingTone(one.state)}>{tMaybe("finding_state_", one.state)}</St>{" "}
                    {one.delta && one.delta !== "new" && (
                      <St tone={deltaTone(one.delta)}>{tMaybe("delta_", one.delta)}</St>
                    )}
                  </>
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
              {
                head: t("confidence"),
                fold: t("confidence"),
                cell: (one) => <Confidence value={one.confidence} />,
              },
              {
                head: t("last"),
                fold: t("last"),
                cell: (one) => (
                  <span title={full(one.first_at) + " – " + full(one.last_at)}>
                    {moment(one.last_at)}
                  </span>
                ),
              },
              {
                head: <span class="sr">{t("acts")}</span>,
                cell: (one) => (
                  <div class="acts">
                    {one.incident && (
                      <a class="btn" href={link("incident", one.incident.id)}>
                        {t("incident")}
                      </a>
                    )}
                    <button class="btn" type="button" onClick={() => setMoving(one)}>
                      {t("finding_move")}
                    </button>
                  </div>
                ),
              },
            ]}
          />
        ) : (
          <Empty icon="check" title={t(findings.length ? "filter_nothing" : "findings_none")} />
        )}
      </Card>
      {moving && <MoveDialog finding={moving} onClose={() => setMoving(undefined)} />}
    </>
  );
}

export function FindingsPage() {
  const { query } = useStore(route);
  const state = query.state ?? "open";
  const loaded = useGet<{ findings: Finding[] }>("/findings?state=" + encodeURIComponent(state), [
    "finding",
    "incident",
  ]);
  const office = useStore(session)?.account?.role !== "unit";
  return (
    <Page
      title={t("nav_findings")}
      sub={t("findings_sub")}
      acts={
        office && (
          <>
            <a class="btn" href={link("capture")}>
              <Icon name="net" />
              {t("capture_title")}
            </a>
            <a class="btn" href={link("import")}>
              <Icon name="plus" />
              {t("import_title")}
            </a>
          </>
        )
      }
    >
      <Wait of={loaded}>{({ findings }) => <Body findings={findings} />}</Wait>
    </Page>
  );
}
