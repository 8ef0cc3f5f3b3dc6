import { useSyncExternalStore } from "react";

/** A value that components follow. It is replaced and never changed in place. */
export class Store<Value> {
  private watchers = new Set<() => void>();

  constructor(private value: Value) {}

  get = (): Value => this.value;

  set = (value: Value): void => {
    if (Object.is(value, this.value)) return;
    this.value = value;
    for (const watcher of [...this.watchers]) watcher();
  };

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  use(): Value {
    return useSyncExternalStore(this.watch, this.get);
  }
}
