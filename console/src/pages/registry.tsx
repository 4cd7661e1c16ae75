// What an office keeps about a unit: itself, its people, address ranges and systems. One dialogue
// changes or adds any of them; a row is ended by its last day, never deleted.
// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { call, session } from "../app/api";
import { touch } from "../app/live";
import { useStore } from "../app/store";
import { dateInput, dateOf, day, startOfDay } from "../app/time";
import type { Person, Range, System, UnitPage } from "../app/types";
import { Ask, Field } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Card } from "../ui/page";
import { counted } from "../ui/table";
import { t, tMaybe, type Word } from "../words";

type Topic = "units" | "people" | "ranges" | "systems";
type Record_ = { id?: string } & { [name: string]: unknown };
interface Input {
  name: string;
  label: Word;
  kind?: "number" | "truth" | "day" | "email";
  options?: string[];
  required?: boolean;
}

const dossiers = ["none", "draft", "submitted", "approved"];
const until: Input = { name: "valid_until", label: "valid_until", kind: "day" };
const from: Input = { name: "valid_from", label: "valid_from", kind: "day" };
const inputs: { [topic in Topic]: Input[] } = {
  units: [
    { name: "code", label: "code", required: true },
    { name: "name", label: "unit_name", required: true },
    { name: "phone", label: "phone" },
    { name: "email", label: "email", kind: "email" },
    { name: "workstations_declared", label: "declared", kind: "number" },
    until,
  ],
  people: [
    { name: "name", label: "person_name", required: true },
    { name: "title", label: "person_title" },
    { name: "phone", label: "phone" },
    { name: "email", label: "email", kind: "email" },
    until,
  ],
  ranges: [
    { name: "prefix", label: "prefix", required: true },
    { name: "operator", label: "operator" },
    { name: "behind_nat", label: "behind_nat_long", kind: "truth" },
    { name: "dynamic", label: "dynamic_long", kind: "truth" },
    { name: "note", label: "note" },
    from,
    until,
  ],
  systems: [
    { name: "code", label: "code", required: true },
    { name: "name", label: "system_name", required: true },
    { name: "level", label: "level", kind: "number" },
    { name: "purpose", label: "purpose" },
    { name: "dossier_state", label: "dossier", options: dossiers },
    { name: "decision", label: "decision" },
  ],
};
const titles: { [topic in Topic]: Word } = {
  units: "edit_units",
  people: "edit_people",
  ranges: "edit_ranges",
  systems: "edit_systems",
};

function valueOf(record: Record_, input: Input): string {
  const value = record[input.name];
  if (input.kind !== "day") return value === undefined || value === null ? "" : String(value);
  return dateInput(typeof value === "string" ? value : null);
}

function Control({ record, input }: { record: Record_; input: Input }) {
  const { name, required } = input;
  if (input.options)
    return (
      <select name={name}>
        {input.options.map((one) => (
          <option key={one} value={one} selected={one === record[name]}>
            {tMaybe("dossier_", one)}
          </option>
        ))}
      </select>
    );
  if (input.kind === "day")
    return <input type="date" name={name} defaultValue={valueOf(record, input)} />;
  if (input.kind === "number")
    return (
      <input
        type="number"
        name={name}
        min={0}
        max={name === "level" ? 5 : 1000000}
        defaultValue={valueOf(record, input) || "0"}
      />
    );
  return (
    <input
      type={input.kind === "email" ? "email" : "text"}
      name={name}
      required={required}
      defaultValue={valueOf(record, input)}
    />
  );
}

/** Only what was changed is sent: what this page does not show stays as it is. */
function changes(form: FormData, topic: Topic, record: Record_): Record_ {
  const body: Record_ = {};
  for (const input of inputs[topic]) {
    if (input.kind === "truth") {
      const now = form.get(input.name) === "on";
      if (!record.id || now !== Boolean(record[input.name])) body[input.name] = now;
      continue;
    }
    const text = String(form.get(input.name) ?? "").trim();
    if (record.id && text === valueOf(record, input)) continue;
    if (input.kind === "day") body[input.name] = text ? startOfDay(text) : null;
    else body[input.name] = input.kind === "number" ? Number(text || 0) : text;
  }
  return body;
}

function RecordDialog(props: {
  topic: Topic;
  record: Record_;
  unit: string;
  onClose: () => void;
}) {
  const { topic, record, unit } = props;
  const send = async (form: FormData) => {
    const body = changes(form, topic, record);
    if (record.id) await call("PATCH", "/" + topic + "/" + encodeURIComponent(record.id), body);
    else await call("POST", "/" + topic, { ...body, unit });
    touch(["unit", "matrix"]);
  };
  return (
    <Ask title={t(titles[topic])} send={t("save")} onClose={props.onClose} onSend={send}>
      {inputs[topic].map((input) =>
        input.kind === "truth" ? (
          <label class="check" key={input.name}>
            <input
              type="checkbox"
              name={input.name}
              defaultChecked={
                record.id ? Boolean(record[input.name]) : input.name === "behind_nat"
              }
            />{" "}
            {t(input.label)}
          </label>
        ) : (
          <Field key={input.name} label={t(input.label)}>
            <Control record={record} input={input} />
          </Field>
        ),
      )}
    </Ask>
  );
}

/** Changes the unit itself, in the head of its page. */
export function EditUnit({ unit }: { unit: UnitPage }) {
  const [open, setOpen] = useState(false);
  const office = useStore(session)?.account?.role !== "unit";
  if (!office) return null;
  return (
    <>
      <button class="btn" type="button" onClick={() => setOpen(true)}>
        <Icon name="note" />
        {t("edit")}
      </button>
      {open && (
        <RecordDialog
          topic="units"
          record={unit as unknown as Record_}
          unit={unit.id}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

interface Row {
  record: Record_;
  name: string;
  mono?: boolean;
  figure?: string;
  detail: (string | undefined)[];
}

interface ShelfProps {
  topic: Topic;
  title: Word;
  none: Word;
  icon: "person" | "net" | "shield";
  unit: string;
  rows: Row[];
}

function Shelf({ topic, title, none, icon, unit, rows }: ShelfProps) {
  const [record, setRecord] = useState<Record_>();
  const role = useStore(session)?.account?.role;
  const may = role !== "unit" || topic === "people";
  return (
    <Card
      title={t(title)}
      acts={
        <>
          {counted(rows.length)}
          {may && (
            <button
              class="btn bare sq"
              type="button"
              aria-label={t("add") + ": " + t(titles[topic])}
              title={t("add")}
              onClick={() => setRecord({})}
            >
              <Icon name="plus" />
            </button>
          )}
        </>
      }
    >
      {rows.length ? (
        <ul class="prove">
          {rows.map((row) => (
            <li key={String(row.record.id)}>
              <Icon name={icon} />
              <span class={row.mono ? "mono break" : ""}>{row.name}</span>
              <span class="v">
                {row.figure}{" "}
                {may && (
                  <button
                    class="linkish"
                    type="button"
                    aria-label={t("edit") + ": " + row.name}
                    onClick={() => setRecord(row.record)}
                  >
                    {t("edit")}
                  </button>
                )}
              </span>
              <small>{row.detail.filter(Boolean).join(" · ")}</small>
            </li>
          ))}
        </ul>
      ) : (
        <p class="small muted">{t(none)}</p>
      )}
      {record && (
        <RecordDialog
          topic={topic}
          record={record}
          unit={unit}
          onClose={() => setRecord(undefined)}
        />
      )}
    </Card>
  );
}

const plain = (one: object) => one as Record_;
const since = (at?: string | null) => (dateOf(at) ? t("since_day", { at: day(at) }) : "");
const ends = (at?: string | null) => (at ? t("until_day", { at: day(at) }) : "");

function personRow(one: Person): Row {
  return { record: plain(one), name: one.name, detail: [one.title, one.phone, one.email] };
}

function rangeRow(one: Range): Row {
  const nat = one.behind_nat ? t("behind_nat") : "";
  const dynamic = one.dynamic ? t("dynamic_range") : "";
  const detail = [one.operator, nat, dynamic, since(one.valid_from), ends(one.valid_until)];
  return { record: plain(one), name: one.prefix, mono: true, detail };
}

function systemRow(one: System): Row {
  return {
    record: plain(one),
    name: one.name,
    figure: one.level ? t("level_n", { n: one.level }) : t("level_none"),
    detail: [one.code, tMaybe("dossier_", one.dossier_state ?? "none")],
  };
}

/** A row that has ended stays in the record, and out of the way. */
const valid = (one: { valid_until?: string | null }) => {
  const end = dateOf(one.valid_until);
  return !end || end.getTime() > Date.now();
};

export function Registry({ unit }: { unit: Pick<UnitPage, "id" | "people" | "ranges" | "systems"> }) {
  return (
    <>
      <Shelf
        topic="people"
        title="people"
        none="people_none"
        icon="person"
        unit={unit.id}
        rows={(unit.people ?? []).filter(valid).map(personRow)}
      />
      <Shelf
        topic="ranges"
        title="ranges"
        none="ranges_none"
        icon="net"
        unit={unit.id}
        rows={(unit.ranges ?? []).map(rangeRow)}
      />
      <Shelf
        topic="systems"
        title="systems"
        none="systems_none"
        icon="shield"
        unit={unit.id}
        rows={(unit.systems ?? []).map(systemRow)}
      />
    </>
  );
}
