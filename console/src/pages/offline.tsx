// Results of machines without network: signed files from a USB stick, dropped here. A file
// brought twice counts once.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { Problem, call } from "../app/api";
import { touch } from "../app/live";
import { link } from "../app/route";
import type { Ref } from "../app/types";
import { Drop } from "../ui/drop";
import { Icon } from "../ui/icon";
import { Card, Page } from "../ui/page";
import { problemText } from "../ui/states";
import { t, tMaybe } from "../words";

interface Filed {
  filed: number;
  duplicate: number;
  machine: Ref;
  kinds: string[];
}
interface Row {
  name: string;
  answer?: Filed;
  problem?: Problem;
}

export function OfflinePage() {
  const [rows, setRows] = useState<Row[]>([]);
  const [busy, setBusy] = useState(false);
  const take = async (files: File[]) => {
    setBusy(true);
    for (const file of files) {
      let row: Row;
      try {
        row = {
          name: file.name,
          answer: await call<Filed>("POST", "/results", file, { raw: true }),
        };
      } catch (error) {
        row = {
          name: file.name,
          problem: error instanceof Problem ? error : new Problem(500, "page", String(error)),
        };
      }
      setRows((before) => [row, ...before]);
    }
    setBusy(false);
    touch(["machine", "matrix", "finding"]);
  };
  return (
    <Page
      title={t("offline_title")}
      path={[{ text: t("machines"), href: link("machines") }]}
      sub={t("offline_sub")}
    >
      <Drop
        icon="usb"
        title={t("offline_drop")}
        hint={t("offline_hint")}
        many
        busy={busy}
        accept=".json,application/json"
        onFiles={(files) => void take(files)}
      />
      {rows.length > 0 && (
        <Card title={t("offline_done")}>
          <ul class="prove" role="status">
            {rows.map((row, n) => (
              <li key={n} class={"txt " + (row.problem ? "unmet" : "met")}>
                <Icon name={row.problem ? "x" : "check"} />
                <span class="ink break">
                  {row.name}
                  {row.answer && (
                    <>
                      {" "}
                      →{" "}
                      <a href={link("machine", row.answer.machine.id)}>{row.answer.machine.name}</a>
                    </>
                  )}
                </span>
                <span />
                <small>
                  {row.problem
                    ? problemText(row.problem)
                    : t("offline_filed", {
                        n: row.answer!.filed,
                        m: row.answer!.duplicate,
                        kinds: row
                          .answer!.kinds.map((one) => tMaybe("report_kind_", one))
                          .join(", "),
                      })}
                </small>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </Page>
  );
}
