// The head of a page: where we are, its title, its acts. The tab's name follows.
// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { store } from "../app/store";

export interface Crumb {
  text: string;
  href?: string;
}
export const crumbs = store<Crumb[]>([]);

export function Page({
  path,
  title,
  heading,
  sub,
  acts,
  children,
  cls,
}: {
  path?: Crumb[];
  title: string;
  heading?: ComponentChildren;
  sub?: ComponentChildren;
  acts?: ComponentChildren;
  children?: ComponentChildren;
  cls?: string;
}) {
  const key = JSON.stringify([path, title]);
  useEffect(() => {
    crumbs.set([...(path ?? []), { text: title }]);
    document.title = title + " · Canh";
  }, [key]);
  return (
    <main id="main" class={"page" + (cls ? " " + cls : "")} tabIndex={-1}>
      <div class="head">
        <div>
          <h1>{heading ?? title}</h1>
          {sub && <p>{sub}</p>}
        </div>
        {acts && <div class="acts">{acts}</div>}
      </div>
      {children}
    </main>
  );
}

export function Card({
  title,
  note,
  acts,
  children,
  foot,
  flush,
  id,
}: {
  title: ComponentChildren;
  note?: ComponentChildren;
  acts?: ComponentChildren;
  children: ComponentChildren;
  foot?: ComponentChildren;
  flush?: boolean;
  id?: string;
}) {
  return (
    <section class="card" id={id}>
      <header>
        <h2>{title}</h2>
        {note && <span class="small muted">{note}</span>}
        {acts && <div class="acts">{acts}</div>}
      </header>
      {flush ? children : <div class="in">{children}</div>}
      {foot && <footer>{foot}</footer>}
    </section>
  );
}

export function Facts({ rows }: { rows: [string, ComponentChildren][] }) {
  return (
    <dl class="facts">
      {rows
        .filter(([, value]) => value !== "" && value !== null && value !== undefined)
        .map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
    </dl>
  );
}
