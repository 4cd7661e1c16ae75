// Calls to /api/v1. Keeps the CSRF token, says when the server is out of reach or the session is
// over.
// SPDX-License-Identifier: Apache-2.0
import { language } from "./prefs";
import { store } from "./store";
import type { Session } from "./types";

export class Problem extends Error {
  constructor(
    readonly status: number, // 0: the server could not be reached
    readonly code: string,
    readonly detail: string,
    readonly line?: number,
    readonly body?: Record<string, unknown>,
  ) {
    super(detail || code);
  }
}

export const session = store<Session | null>(null);
/** When the server was last out of reach; null while it answers. */
export const cutOff = store<Date | null>(null);
/** The session ended under our feet: sign in, then go on where we were. */
export const ended = store(false);

export interface CallOptions {
  query?: Record<string, string | number | undefined>;
  signal?: AbortSignal;
  raw?: boolean; // the body is bytes or text, not JSON
  quiet?: boolean; // a 401 says "wrong password", not "session over"
}

function address(path: string, query: CallOptions["query"]): string {
  const search = new URLSearchParams({ lang: language.get() });
  for (const [key, value] of Object.entries(query ?? {}))
    if (value !== undefined && value !== "") search.set(key, String(value));
  return "/api/v1" + path + (path.includes("?") ? "&" : "?") + search.toString();
}

async function problemOf(answer: Response): Promise<Problem> {
  let body: Record<string, unknown> = {};
  try {
    body = (await answer.json()) as Record<string, unknown>;
  } catch {
    /* a proxy's page: the status must do */
  }
  const words = [body.detail, body.title].find((w) => typeof w === "string" && w) as
    string | undefined;
  return new Problem(
    answer.status,
    String(body.code ?? ""),
    words ?? "",
    Number(body.line) || undefined,
    body,
  );
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    const answer = await fetch(url, init);
    cutOff.set(null);
    return answer;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    if (!cutOff.get()) cutOff.set(new Date());
    throw new Problem(0, "cut_off", "");
  }
}

export async function send(
  method: string,
  path: string,
  body?: unknown,
  options: CallOptions = {},
): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const csrf = session.get()?.csrf;
  if (method !== "GET" && csrf) headers["X-CSRF-Token"] = csrf;
  let content: BodyInit | undefined;
  if (body !== undefined) {
    headers["Content-Type"] = options.raw ? "application/octet-stream" : "application/json";
    content = options.raw ? (body as BodyInit) : JSON.stringify(body);
  }
  const answer = await reach(address(path, options.query), {
    method,
    headers,
    body: content,
    signal: options.signal,
    credentials: "same-origin",
    cache: "no-store",
  });
  if (answer.ok) return answer;
  const problem = await problemOf(answer);
  if (problem.status === 401 && !options.quiet && session.get()?.signed_in) {
    ended.set(true);
    session.set({ ...session.get()!, signed_in: false });
  }
  throw problem;
}

export async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  options: CallOptions = {},
): Promise<T> {
  const answer = await send(method, path, body, options);
  if (answer.status === 204) return undefined as T;
  const text = await answer.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export const get = <T>(path: string, options?: CallOptions) =>
  call<T>("GET", path, undefined, options);

/** Fetches a file with the session and hands it to the browser's save dialogue. */
export async function download(
  method: string,
  path: string,
  name: string,
  body?: unknown,
): Promise<void> {
  const answer = await send(method, path, body);
  const said = /filename\*?=(?:UTF-8'')?"?([^";]+)/i.exec(
    answer.headers.get("Content-Disposition") ?? "",
  );
  saveBlob(await answer.blob(), said?.[1] ? decodeURIComponent(said[1]) : name);
}

export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
