// Reports made, and making one: it freezes the figures of a span.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call } from "../app/api";
import { touch, useGet } from "../app/live";
import { go, link } from "../app/route";
import { dateInput, day, endOfDay, full, inputDay, moment, startOfDay } from "../app/time";
import type { Directive, Matrix, Report, T } from "../app/types";
import { Ask, Field } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { St, type Tone } from "../ui/marks";
import { Card, Page } from "../ui/page";
import { Empty, Wait } from "../ui/states";
import { Table, counted } from "../ui/table";
import { both, t, tMaybe } from "../words";

export const reportTone = (state: string): Tone =>
  state === "issued" || state === "signed"
    ? "met"
    : state === "withdrawn"
      ? "na"
      : state === "submitted"
        ? "info"
        : "soon";

interface Reports {
  reports: Report[];
  kinds: { id: string; title: T }[];
}

function NewReport({ kinds, onClose }: { kinds: Reports["kinds"]; onClose: () => void }) {
  const directives = useGet<{ directives: Directive[] }>("/directives").data?.directives ?? [];
  // from the letter on: what was swept and handled for it belongs into its report
  const begun = dateInput(useGet<Matrix>("/matrix").data?.directive.issued_on);
  const send = async (form: FormData) => {
    const made = await call<{ id: string }>("POST", "/reports", {
      kind: form.get("kind"),
      directive: form.get("directive") || undefined,
      from: startOfDay(String(form.get("from"))),
      until: endOfDay(String(form.get("until"))),
    });
    touch(["report"]);
    go(link("report", made.id));
  };
  return (
    <Ask
      title={t("report_new")}
      intro={t("report_new_intro")}
      send={t("report_make")}
      onClose={onClose}
      onSend={send}
    >
      <Field label={t("kind")}>
        <select name="kind">
          {kinds.map((one) => (
            <option key={one.id} value={one.id}>
              {both(one.title)}
            </option>
          ))}
        </select>
      </Field>
      <Field label={t("directive")}>
        <select name="directive">
          {directives.map((one) => (
            <option key={one.id} value={one.id}>
              {one.number}: {both(one.title)}
            </option>
          ))}
        </select>
      </Field>
      <div class="pair">
        <Field label={t("from_day")}>
          <input
            key={begun}
            type="date"
            name="from"
            required
            defaultValue={begun || inputDay(-30)}
          />
        </Field>
        <Field label={t("until_day_label")}>
          <input type="date" name="until" required defaultValue={inputDay(0)} />
        </Field>
      </div>
    </Ask>
  );
}

export function ReportsPage() {
  const loaded = useGet<Reports>("/reports", ["report"]);
  const [making, setMaking] = useState(false);
  return (
    <Page
      title={t("nav_reports")}
      sub={t("reports_sub")}
      acts={
        loaded.data && (
          <button class="btn go" type="button" onClick={() => setMaking(true)}>
            <Icon name="plus" />
            {t("report_new")}
          </button>
        )
      }
    >
      <Wait of={loaded}>
        {({ reports, kinds }) => (
          <>
            <Card title={t("nav_reports")} acts={counted(reports.length)} flush>
              {reports.length ? (
                <Table
                  rows={[...reports].sort((a, b) => b.made_at.localeCompare(a.made_at))}
                  rowKey={(one) => one.id}
                  label={t("nav_reports")}
                  href={(one) => link("report", one.id)}
                  columns={[
                    {
                      head: t("report"),
                      cell: (one) => (
                        <>
                          <a href={link("report", one.id)}>
                            <b>{both(one.title)}</b>
                          </a>
                          <small>
                            {one.number ? t("number_n", { n: one.number }) : t("number_none")}
                          </small>
                        </>
                      ),
                    },
                    {
                      head: t("state"),
                      fold: t("state"),
                      cell: (one) => (
                        <St tone={reportTone(one.state)}>{tMaybe("document_", one.state)}</St>
                      ),
                    },
                    {
                      head: t("span"),
                      fold: t("span"),
                      cell: (one) => day(one.from) + " – " + day(one.until),
                    },
                    {
                      head: t("made"),
                      fold: t("made"),
                      cell: (one) => (
                        <>
                          <span title={full(one.made_at)}>{moment(one.made_at)}</span>
                          <small>{one.made_by}</small>
                        </>
                      ),
                    },
                  ]}
                />
              ) : (
                <Empty icon="doc" title={t("reports_none")}>
                  {t("reports_none_do")}
                </Empty>
              )}
            </Card>
            {making && <NewReport kinds={kinds} onClose={() => setMaking(false)} />}
          </>
        )}
      </Wait>
    </Page>
  );
}
