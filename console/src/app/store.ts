// A value that pages can watch. One screen's worth of state needs no more.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "preact/hooks";

export interface Store<T> {
  get(): T;
  set(next: T): void;
  watch(seen: (value: T) => void): () => void;
}

export function store<T>(first: T): Store<T> {
  let value = first;
  const watchers = new Set<(value: T) => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const seen of [...watchers]) seen(value);
    },
    watch(seen) {
      watchers.add(seen);
      return () => watchers.delete(seen);
    },
  };
}

export function useStore<T>(from: Store<T>): T {
  const [value, set] = useState(from.get());
  useEffect(() => {
    set(from.get());
    return from.watch((next) => set(() => next));
  }, [from]);
  return value;
}
