import { atEnd } from './schedule';
/** The part of an anywidget model that the views use; the exported page brings its own. */
export interface AnyModel {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
}

/** Traits that every view has. */
export interface CommonModel {
  live: boolean;
  error: string;
}

/** While a person drags, the kernel hears from us about six times a second. */
const PAUSE = 150;

/** Typed access to a model's traits; every listener ends with the signal. */
export class Traits<T extends object> {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly model: AnyModel,
    readonly signal: AbortSignal
  ) {
    atEnd(signal, () => this.#flush());
  }

  get<K extends keyof T & string>(name: K): T[K] {
    return this.model.get(name) as T[K];
  }

  /** Writes and sends at once. */
  set(patch: Partial<T>): void {
    this.#write(patch);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.model.save_changes();
  }

  /** Writes at once (linked views follow) and sends when the hand has paused. */
  setSoon(patch: Partial<T>): void {
    this.#write(patch);
    this.#timer ??= setTimeout(() => this.#flush(), PAUSE);
  }

  /** Calls back after a change of any of the named traits. */
  on(names: (keyof T & string)[], callback: () => void): void {
    if (this.signal.aborted) return;
    for (const name of names) {
      const event = `change:${name}`;
      this.model.on(event, callback);
      atEnd(this.signal, () => this.model.off(event, callback));
    }
  }

  #write(patch: Partial<T>): void {
    for (const [name, value] of Object.entries(patch)) this.model.set(name, value);
  }

  #flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.model.save_changes();
  }
}
