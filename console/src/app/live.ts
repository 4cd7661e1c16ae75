// Live figures: a long poll on /changes wakes whatever page shows the topic. Old figures stay
// until new ones are here.
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Problem, cutOff, get, session } from "./api";
import type { Topic } from "./types";

type Watcher = { topics: Topic[]; wake: () => void };
const watchers = new Set<Watcher>();

export function touch(topics: Topic[]): void {
  for (const watcher of [...watchers])
    if (watcher.topics.some((topic) => topics.includes(topic))) watcher.wake();
}

function touchAll(): void {
  for (const watcher of [...watchers]) watcher.wake();
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

interface Changes {
  sequence: number;
  changes: { topic: Topic; id: string }[];
}

/** A change of the registry is a change of units, people and machines alike. */
function topicsOf(news: Changes): Topic[] {
  const topics = new Set<Topic>();
  for (const { topic } of news.changes) {
    topics.add(topic);
    if (topic === "registry") for (const one of ["unit", "machine"] as const) topics.add(one);
  }
  return [...topics];
}

async function follow(stop: AbortSignal): Promise<void> {
  let after = 0;
  let wait = 1000;
  while (!stop.aborted) {
    const was = cutOff.get();
    const asked = Date.now();
    try {
      const news = await get<Changes>("/changes", { query: { after }, signal: stop });
      after = news.sequence;
      wait = 1000;
      if (was) touchAll();
      else touch(topicsOf(news));
      // a server that answers at once with nothing must not be hammered
      if (!news.changes.length && Date.now() - asked < 1000) await pause(1000);
    } catch (error) {
      if (stop.aborted || (error instanceof Problem && error.status === 401)) return;
      await pause(wait);
      wait = Math.min(wait * 2, 30_000);
    }
  }
}

/** Follows the server while someone is signed in. */
export function useLive(on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const stop = new AbortController();
    void follow(stop.signal);
    return () => stop.abort();
  }, [on]);
}

export interface Loaded<T> {
  data?: T;
  at?: Date; // when these figures came
  problem?: Problem;
  busy: boolean;
  reload: () => void;
}

interface Kept {
  data: unknown;
  at: Date;
}
const kept = new Map<string, Kept>();
const KEPT_MAX = 40;
const RETRY_MS = 20_000;

function remember(key: string, data: unknown): Kept {
  const row = { data, at: new Date() };
  kept.delete(key);
  kept.set(key, row);
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value as string);
  return row;
}

export function forgetAll(): void {
  kept.clear();
}

/** A centre that failed may be well again without telling news. */
function later(load: () => void, stop: AbortSignal): void {
  const timer = setTimeout(load, RETRY_MS);
  stop.addEventListener("abort", () => clearTimeout(timer));
}

/** Reads a path and keeps it fresh. A null path reads nothing. */
export function useGet<T>(path: string | null, topics: Topic[] = []): Loaded<T> {
  const [, redraw] = useState(0);
  const state = useRef<{
    path: string | null;
    problem?: Problem;
    busy: boolean;
    stop?: AbortController;
  }>({ path: null, busy: false });
  const names = topics.join(" ");
  const load = useCallback(async () => {
    if (path === null) return;
    state.current.stop?.abort();
    const stop = new AbortController();
    state.current = { path, busy: true, problem: state.current.problem, stop };
    redraw((n) => n + 1);
    try {
      remember(path, await get<T>(path, { signal: stop.signal }));
      if (stop.signal.aborted) return;
      state.current = { path, busy: false };
    } catch (error) {
      if (stop.signal.aborted) return;
      const problem = error instanceof Problem ? error : new Problem(500, "page", String(error));
      if (problem.status === 403 || problem.status === 404) kept.delete(path);
      state.current = { path, busy: false, problem };
      if (problem.status !== 403 && problem.status !== 404) later(load, stop.signal);
    }
    redraw((n) => n + 1);
  }, [path]);
  useEffect(() => {
    state.current = { path, busy: path !== null };
    void load();
    const watcher = { topics: names.split(" ") as Topic[], wake: () => void load() };
    watchers.add(watcher);
    return () => {
      watchers.delete(watcher);
      state.current.stop?.abort();
    };
  }, [load, names]);
  const row = path === null ? undefined : kept.get(path);
  const mine = state.current.path === path;
  return {
    data: row?.data as T | undefined,
    at: row?.at,
    busy: mine ? state.current.busy : path !== null,
    problem: mine ? state.current.problem : undefined,
    reload: () => void load(),
  };
}

export const signedIn = () => session.get()?.signed_in === true;
