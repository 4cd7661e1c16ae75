// The filter line: what it shows is the address, and the address is what it shows.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "preact/hooks";
import { filter, route } from "../app/route";
import { useStore } from "../app/store";
import { t } from "../words";
import { Icon } from "./icon";

export interface FilterOf {
  name: string; // in the address
  label: string;
  options: { value: string; label: string }[];
  always?: string; // shown with this value when nothing is chosen
}

function Search({ value }: { value: string }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <label class="addr-find">
      <Icon name="find" small />
      <span class="sr">{t("filter_text")}</span>
      <input
        type="search"
        value={text}
        placeholder={t("filter_text")}
        data-filter=""
        onInput={(event) => {
          setText(event.currentTarget.value);
          filter({ q: event.currentTarget.value });
        }}
      />
    </label>
  );
}

function AddFilter({ open }: { open: FilterOf[] }) {
  if (!open.length) return null;
  return (
    <label class="tok add">
      <Icon name="plus" small />
      <span class="sr">{t("filter_add")}</span>
      <select
        value=""
        onChange={(event) => {
          const [name = "", value] = event.currentTarget.value.split("\n", 2);
          event.currentTarget.value = "";
          if (name) filter({ [name]: value });
        }}
      >
        <option value="">{t("filter_add")}</option>
        {open.map((one) => (
          <optgroup key={one.name} label={one.label}>
            {one.options.map((option) => (
              <option key={option.value} value={one.name + "\n" + option.value}>
                {option.label}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

export function FilterLine({
  filters,
  path,
  search = true,
}: {
  filters: FilterOf[];
  path: string;
  search?: boolean;
}) {
  const { query } = useStore(route);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(location.href).catch(() => undefined);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <div class="addr" role="group" aria-label={t("filter_line")}>
      <span class="path" aria-hidden="true">
        {path}
      </span>
      {filters.map((one) => {
        const value = query[one.name] ?? one.always;
        if (!value) return null;
        const label = one.options.find((option) => option.value === value)?.label ?? value;
        return (
          <span key={one.name} class="tok">
            {one.label} <b>{label}</b>
            {query[one.name] && (
              <button
                type="button"
                aria-label={t("filter_drop", { name: one.label })}
                onClick={() => filter({ [one.name]: undefined })}
              >
                <Icon name="x" small />
              </button>
            )}
          </span>
        );
      })}
      <AddFilter open={filters} />
      {search && <Search value={query.q ?? ""} />}
      <span class="end">
        <button class="btn bare" type="button" onClick={() => void copy()}>
          <Icon name={copied ? "check" : "copy"} /> {t(copied ? "copied" : "copy_link")}
        </button>
      </span>
    </div>
  );
}
