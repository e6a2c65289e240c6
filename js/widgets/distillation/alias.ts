import type { AnyModel } from '../../shared/model';

/** A trait of a part that the whole does not hold under its name: how it is read, and from what. */
interface Derived {
  /** Traits whose change changes it. */
  from: string[];
  get: () => unknown;
}

/**
 * The model as one part sees it. Parts have traits of one name that mean different things side by
 * side, and some that follow from others: these are derived, and what a part writes to them is
 * dropped, as it writes what they follow from as well.
 */
export class Alias implements AnyModel {
  constructor(
    readonly model: AnyModel,
    readonly derived: Record<string, Derived>
  ) {}

  get(name: string): unknown {
    return this.derived[name] ? this.derived[name].get() : this.model.get(name);
  }

  set(name: string, value: unknown): void {
    if (!this.derived[name]) this.model.set(name, value);
  }

  save_changes(): void {
    this.model.save_changes();
  }

  on(event: string, callback: () => void): void {
    for (const name of this.#events(event)) this.model.on(name, callback);
  }

  off(event: string, callback: () => void): void {
    for (const name of this.#events(event)) this.model.off(name, callback);
  }

  #events(event: string): string[] {
    const found = this.derived[event.replace('change:', '')];
    return found ? found.from.map((name) => `change:${name}`) : [event];
  }
}
