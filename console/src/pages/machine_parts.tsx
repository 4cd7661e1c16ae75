// The tables of a machine's page. Paths and process names come from foreign machines: text only,
// never markup.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call } from "../app/api";
import { matches } from "../app/fold";
import { touch } from "../app/live";
import { link } from "../app/route";
import { ago, full, moment, span } from "../app/time";
import type { Connection, Hit, MachinePage } from "../app/types";
import { Ask } from "../ui/dialog";
import { FindingName } from "../ui/finding";
import { Icon } from "../ui/icon";
import { St, findingTone, severityTone, type Tone } from "../ui/marks";
import { Card, Facts } from "../ui/page";
import { Empty } from "../ui/states";
import { Table, counted } from "../ui/table";
import { both, bytes, count, t, tMaybe } from "../words";

interface Props {
  machine: MachinePage;
}

/**
 * A path is cut in the middle, so that the name of the file stays readable; the whole stands in
 * the title.
 */
export function FilePath({ path }: { path: string }) {
  const cut = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1;
  return (
    <span class="path-of" title={path}>
      <b>{path.slice(cut) || path}</b>
      <small class="mono">{path.slice(0, cut)}</small>
    </span>
  );
}

export function Hash({ value }: { value: string }) {
  return (
    <span class="mono" title={value}>
      {value.length > 12 ? value.slice(0, 4) + "…" + value.slice(-4) : value}
    </span>
  );
}

function hitTone(state: string): Tone {
  if (state === "quarantined" || state === "gone") return "met";
  return state === "open" ? "unmet" : state === "accepted" ? "waived" : "soon";
}

export function Hits({ machine }: Props) {
  const [restoring, setRestoring] = useState<Hit>();
  const hits = [...(machine.hits ?? [])].sort(
    (a, b) => Number(b.state === "open") - Number(a.state === "open"),
  );
  const restore = (hit: Hit) =>
    call("POST", `/machines/${encodeURIComponent(machine.id)}/orders`, {
      kind: "restore",
      hit: hit.id,
    }).then(() => touch(["machine"]));
  return (
    <Card title={t("hits")} note={t("hits_keep")} acts={counted(hits.length)} flush id="hits">
      {hits.length ? (
        <Table
          rows={hits}
          rowKey={(hit) => hit.id}
          label={t("hits")}
          hot={(hit) => hit.state === "open"}
          columns={[
            { head: t("file"), cell: (hit) => <FilePath path={hit.path} /> },
            {
              head: t("state"),
              fold: t("state"),
              cell: (hit) => <St tone={hitTone(hit.state)}>{tMaybe("hit_state_", hit.state)}</St>,
            },
            {
              head: t("rule"),
              fold: t("rule"),
              cell: (hit) => (
                <>
                  <span class="break">{hit.rule}</span>
                  <small>{hit.engine}</small>
                </>
              ),
            },
            {
              head: t("size_hash"),
              fold: t("size_hash"),
              cell: (hit) => (
                <>
                  {bytes(hit.bytes)}
                  <small>
                    <Hash value={hit.sha256} />
                  </small>
                </>
              ),
            },
            {
              head: t("at"),
              fold: t("at"),
              cell: (hit) => <span title={full(hit.first_at)}>{moment(hit.last_at)}</span>,
            },
            {
              head: <span class="sr">{t("acts")}</span>,
              cell: (hit) =>
                hit.state === "quarantined" && (
                  <button class="btn" type="button" onClick={() => setRestoring(hit)}>
                    <Icon name="undo" />
                    {t("restore")}
                  </button>
                ),
            },
          ]}
        />
      ) : (
        <Empty icon="check" title={t("hits_none")}>
          {machine.last_sweep_at ? "" : t("sweep_never")}
        </Empty>
      )}
      {restoring && (
        <Ask
          title={t("restore")}
          send={t("restore")}
          danger
          onClose={() => setRestoring(undefined)}
          intro={t("restore_intro", { path: restoring.path })}
          onSend={() => restore(restoring)}
        />
      )}
    </Card>
  );
}

export function Connections({ machine }: Props) {
  const all = machine.connections ?? [];
  const [text, setText] = useState("");
  const rows = all
    .filter(
      (one) => !text || matches(one.remote + " " + one.process + " " + (one.family ?? ""), text),
    )
    .sort((a, b) => Number(!!b.list) - Number(!!a.list) || b.last_at.localeCompare(a.last_at));
  const key = (one: Connection) => one.remote + one.port + one.protocol + one.process;
  return (
    <Card
      title={t("connections")}
      note={t("connections_note")}
      flush
      id="connections"
      acts={
        all.length > 8 && (
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
          rowKey={key}
          label={t("connections")}
          hot={(one) => !!one.list}
          columns={[
            {
              head: t("remote"),
              cell: (one) => (
                <span class={"mono break" + (one.list ? " txt unmet" : "")}>
                  {one.list && <Icon name="fire" small />}{" "}
                  <b>
                    {one.remote.includes(":") ? "[" + one.remote + "]" : one.remote}:{one.port}
                  </b>
                </span>
              ),
            },
            {
              head: t("process"),
              fold: t("process"),
              cell: (one) => <span class="mono break">{one.process || "–"}</span>,
            },
            { head: t("times"), fold: t("times"), num: true, cell: (one) => count(one.times) },
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
              head: t("on_list"),
              fold: t("on_list"),
              cell: (one) =>
                one.list ? (
                  <b class="txt unmet">
                    {one.family || "?"}
                    <small>{one.list}</small>
                  </b>
                ) : (
                  <span class="hint">{t("on_list_not")}</span>
                ),
            },
          ]}
        />
      ) : (
        <Empty icon="net" title={t("connections_none")} />
      )}
    </Card>
  );
}

export function Sweeps({ machine }: Props) {
  const rows = machine.sweeps ?? [];
  return (
    <Card title={t("sweeps")} acts={counted(rows.length)} flush id="sweeps">
      {rows.length ? (
        <Table
          rows={rows}
          rowKey={(one) => one.id}
          label={t("sweeps")}
          columns={[
            {
              head: t("at"),
              cell: (one) => (
                <>
                  <b>{full(one.started_at)}</b>
                  <small>
                    {one.ended_at
                      ? span(Date.parse(one.ended_at) - Date.parse(one.started_at))
                      : t("running")}{" "}
                    · {tMaybe("sweep_reason_", one.reason)}
                  </small>
                </>
              ),
            },
            {
              head: t("result"),
              fold: t("result"),
              cell: (one) =>
                !one.complete ? (
                  <St tone="soon">{t("sweep_incomplete")}</St>
                ) : one.hits ? (
                  <St tone="unmet">{t("hits_n", { n: one.hits })}</St>
                ) : (
                  <St tone="met">{t("verdict_clean")}</St>
                ),
            },
            {
              head: t("files"),
              fold: t("files"),
              num: true,
              cell: (one) => (
                <>
                  {count(one.files)}
                  <small>{bytes(one.bytes)}</small>
                </>
              ),
            },
            {
              head: t("skipped"),
              fold: t("skipped"),
              num: true,
              cell: (one) => (
                <>
                  {count(one.skipped)}
                  <small>{one.failed ? t("failed_n", { n: one.failed }) : ""}</small>
                </>
              ),
            },
            {
              head: t("roots"),
              fold: t("roots"),
              cell: (one) => (
                <span class="mono break">
                  {one.roots.join(" ")}
                  <small>{one.generation}</small>
                </span>
              ),
            },
          ]}
        />
      ) : (
        <Empty icon="find" title={t("sweep_never")} />
      )}
    </Card>
  );
}

export function Findings({ machine }: Props) {
  const rows = machine.findings ?? [];
  if (!rows.length) return null;
  return (
    <Card title={t("findings")} acts={counted(rows.length)} flush id="findings">
      <Table
        rows={rows}
        rowKey={(one) => one.id}
        label={t("findings")}
        columns={[
          {
            head: t("finding"),
            cell: (one) => <FindingName one={one} />,
          },
          {
            head: t("state"),
            fold: t("state"),
            cell: (one) => (
              <St tone={findingTone(one.state)}>{tMaybe("finding_state_", one.state)}</St>
            ),
          },
          {
            head: t("severity"),
            fold: t("severity"),
            cell: (one) => (
              <St tone={severityTone(one.severity)}>{tMaybe("severity_", one.severity)}</St>
            ),
          },
          { head: t("last"), fold: t("last"), cell: (one) => moment(one.last_at) },
          {
            head: t("why"),
            fold: t("why"),
            cell: (one) => (
              <>
                {both(one.reason)}
                {one.incident && (
                  <small>
                    <a href={link("incident", one.incident.id)}>{t("incident_open")}</a>
                  </small>
                )}
              </>
            ),
          },
        ]}
      />
    </Card>
  );
}

export function Orders({ machine }: Props) {
  const rows = machine.orders ?? [];
  const tones: Record<string, Tone> = { done: "met", failed: "unmet", cancelled: "na" };
  return (
    <Card title={t("orders")} acts={counted(rows.length)}>
      {rows.length ? (
        <ul class="prove">
          {rows.slice(0, 12).map((one) => (
            <li key={one.id}>
              <Icon
                name={one.kind === "sweep" ? "find" : one.kind === "restore" ? "undo" : "list"}
              />
              <span>
                {tMaybe("order_", one.kind)}{" "}
                <St tone={tones[one.state] ?? "soon"}>{tMaybe("order_state_", one.state)}</St>
              </span>
              <time dateTime={one.created_at} title={full(one.created_at)}>
                {moment(one.created_at)}
              </time>
              <small>
                {tMaybe("order_reason_", one.reason)}
                {one.done_at ? " · " + t("done_at", { at: moment(one.done_at) }) : ""}
              </small>
            </li>
          ))}
        </ul>
      ) : (
        <p class="small muted">{t("orders_none")}</p>
      )}
    </Card>
  );
}

function hardwareText(value: unknown): string {
  return Array.isArray(value)
    ? value.join(", ")
    : typeof value === "object" && value !== null
      ? JSON.stringify(value)
      : String(value);
}

export function InventoryCard({ machine }: Props) {
  const [text, setText] = useState("");
  const inventory = machine.inventory;
  if (!inventory) {
    return (
      <Card title={t("inventory")}>
        <Empty icon="list" title={t("inventory_none")} />
      </Card>
    );
  }
  const packages = (inventory.package_list ?? []).filter(
    (one) => !text || matches(one.name + " " + one.version, text),
  );
  return (
    <Card
      title={t("inventory")}
      note={t("inventory_at", { ago: ago(inventory.at) })}
      flush
      id="inventory"
    >
      <div class="in two">
        <div>
          <h3>{t("hardware")}</h3>
          <Facts
            rows={Object.entries(inventory.hardware ?? {})
              .filter(([, v]) => v !== null && v !== "")
              .map(([name, value]) => [
                tMaybe("hardware_", name),
                name === "memory_bytes" ? (
                  bytes(Number(value))
                ) : (
                  <span class="break">{hardwareText(value)}</span>
                ),
              ])}
          />
        </div>
        <div>
          <h3>
            {t("listeners")} {counted((inventory.listeners ?? []).length)}
          </h3>
          <ul class="lines mono">
            {(inventory.listeners ?? []).slice(0, 12).map((one, n) => (
              <li key={n}>
                {one.protocol} {one.address}:{one.port} <span class="muted">{one.process}</span>
              </li>
            ))}
          </ul>
          <h3>
            {t("local_accounts")} {counted((inventory.accounts ?? []).length)}
          </h3>
          <ul class="lines mono">
            {(inventory.accounts ?? [])
              .filter((one) => one.administrator || !one.locked)
              .slice(0, 12)
              .map((one, n) => (
                <li key={n}>
                  {one.name}
                  {one.administrator ? " · " + t("administrator_right") : ""}
                </li>
              ))}
          </ul>
        </div>
      </div>
      <div class="in sub-head">
        <h3>
          {t("packages")} {counted(inventory.packages)}
        </h3>
        <input
          type="search"
          value={text}
          aria-label={t("packages_find")}
          placeholder={t("packages_find")}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </div>
      <div class="tall">
        <Table
          rows={packages}
          rowKey={(one) => one.name + one.version}
          label={t("packages")}
          columns={[
            { head: t("package"), cell: (one) => <span class="mono break">{one.name}</span> },
            {
              head: t("version"),
              fold: t("version"),
              cell: (one) => <span class="mono break">{one.version}</span>,
            },
          ]}
        />
      </div>
    </Card>
  );
}
