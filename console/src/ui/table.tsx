// The one table: keyboard (j k x Enter), selection, cards on a phone, rows in portions so that
// thousands stay light.
// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { go } from "../app/route";
import { typing } from "../app/keys";
import { count, t } from "../words";

export interface ColumnOf<R> {
  head: ComponentChildren;
  cell: (row: R) => ComponentChildren;
  fold?: string; // label on a phone; without it the value stands alone
  num?: boolean;
  wide?: boolean; // left out on a phone
}

export interface Selection {
  has: (key: string) => boolean;
  toggle: (key: string) => void;
}

interface Props<R> {
  rows: R[];
  columns: ColumnOf<R>[];
  rowKey: (row: R) => string;
  label: string;
  href?: (row: R) => string | undefined;
  onOpen?: (row: R) => void;
  select?: Selection;
  selectable?: (row: R) => boolean;
  name?: (row: R) => string; // what a row is called, for the tick box
  hot?: (row: R) => boolean;
}

const PORTION = 100;

/** j and k walk, x ticks, Enter opens. Returns the row that stands under the cursor. */
export function useCursor(
  keys: string[],
  open: (key: string) => void,
  toggle?: (key: string) => void,
  on = true,
) {
  const [at, setAt] = useState<string>();
  const now = useRef({ keys, open, toggle, at });
  now.current = { keys, open, toggle, at };
  useEffect(() => {
    if (!on) return;
    const press = (event: KeyboardEvent) => {
      if (typing(event)) return;
      const { keys, open, toggle, at } = now.current;
      const index = at === undefined ? -1 : keys.indexOf(at);
      if (event.key === "j" || event.key === "k") {
        const next =
          keys[Math.max(0, Math.min(keys.length - 1, index + (event.key === "j" ? 1 : -1)))];
        setAt(next);
        event.preventDefault();
      } else if (event.key === "x" && at && toggle) toggle(at);
      else if (event.key === "Enter" && at && index >= 0 && !actsItself(event.target)) open(at);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [on]);
  useEffect(() => {
    if (at) document.querySelector(".cursor")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return at;
}

const actsItself = (target: EventTarget | null) =>
  target instanceof Element && target.closest("a,button,select,summary,input") !== null;

export function Table<R>(props: Props<R>) {
  const { rows, columns, rowKey, select } = props;
  const [shown, setShown] = useState(PORTION);
  const visible = rows.slice(0, shown);
  const byKey = (key: string) => rows.find((row) => rowKey(row) === key);
  const may = (row: R) => props.selectable?.(row) ?? true;
  const cursor = useCursor(
    visible.map(rowKey),
    (key) => {
      const row = byKey(key);
      const to = row && props.href?.(row);
      if (row && props.onOpen) props.onOpen(row);
      else if (to) go(to);
    },
    select &&
      ((key) => {
        const row = byKey(key);
        if (row && may(row)) select.toggle(key);
      }),
    !!(props.href || props.onOpen || select),
  );
  return (
    <>
      <div class="scroll">
        <table class="tbl fold">
          <caption class="sr">{props.label}</caption>
          <thead>
            <tr>
              {select && (
                <th scope="col" class="tick">
                  <span class="sr">{t("select")}</span>
                </th>
              )}
              {columns.map((column, n) => (
                <th key={n} scope="col" class={classes(column)}>
                  {column.head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {visible.map((row) => {
              const key = rowKey(row);
              const ticked = select?.has(key) ?? false;
              return (
                <tr
                  key={key}
                  aria-selected={select ? ticked : undefined}
                  class={(key === cursor ? "cursor " : "") + (props.hot?.(row) ? "hot" : "")}
                >
                  {select && (
                    <td class="tick">
                      {may(row) && (
                        <input
                          type="checkbox"
                          checked={ticked}
                          onChange={() => select.toggle(key)}
                          aria-label={t("select_one", { name: props.name?.(row) ?? key })}
                        />
                      )}
                    </td>
                  )}
                  {columns.map((column, n) => (
                    <td key={n} class={classes(column)} data-k={n === 0 ? undefined : column.fold}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {rows.length > shown && (
        <footer class="more">
          <span>{t("rows_shown", { n: shown, of: rows.length })}</span>
          <button class="btn" type="button" onClick={() => setShown(shown + PORTION * 5)}>
            {t("rows_more", { n: Math.min(PORTION * 5, rows.length - shown) })}
          </button>
        </footer>
      )}
    </>
  );
}

function classes<R>(column: ColumnOf<R>): string | undefined {
  const all = [column.num && "num", column.wide && "not-phone"].filter(Boolean);
  return all.length ? all.join(" ") : undefined;
}

export function useSelection(): Selection & {
  keys: string[];
  clear: () => void;
  set: (keys: string[]) => void;
} {
  const [keys, setKeys] = useState<string[]>([]);
  return {
    keys,
    has: (key) => keys.includes(key),
    toggle: (key) => setKeys(keys.includes(key) ? keys.filter((k) => k !== key) : [...keys, key]),
    clear: () => setKeys([]),
    set: setKeys,
  };
}

export const counted = (n: number) => <span class="small muted">{count(n)}</span>;
