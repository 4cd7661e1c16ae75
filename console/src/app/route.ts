// Where we are: "#/page/id?filter=value". What a page shows is in its address, and the address
// restores it.
// SPDX-License-Identifier: Apache-2.0
import { store } from "./store";

export interface Route {
  page: string;
  id: string;
  query: Record<string, string>;
}

export function parseRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [page = "", id = ""] = path.split("/");
  const query: Record<string, string> = {};
  for (const [key, value] of new URLSearchParams(search)) query[key] = value;
  let plain = id;
  try {
    plain = decodeURIComponent(id);
  } catch {
    /* a half-typed %: keep what was typed */
  }
  return { page: page || "matrix", id: plain, query };
}

export function link(
  page: string,
  id = "",
  query: Record<string, string | undefined> = {},
): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value) search.set(key, value);
  const text = search.toString();
  return "#/" + page + (id ? "/" + encodeURIComponent(id) : "") + (text ? "?" + text : "");
}

export const route = store<Route>(parseRoute(location.hash));

export function startRoute(): void {
  addEventListener("hashchange", () => {
    const before = route.get();
    route.set(parseRoute(location.hash));
    if (before.page !== route.get().page || before.id !== route.get().id) scrollTo(0, 0);
  });
}

export function go(to: string): void {
  location.hash = to;
}

/** Changes the query of this page without a new step in the history. */
export function filter(change: Record<string, string | undefined>): void {
  const { page, id, query } = route.get();
  history.replaceState(null, "", link(page, id, { ...query, ...change }));
  route.set(parseRoute(location.hash));
}
