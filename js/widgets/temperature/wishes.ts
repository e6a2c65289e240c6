import type { Traits } from '../../shared/model';
import { type FollowModel, granted, gridOf, type Wish, wishOf } from './grid';

/** After this long without an answer there is nobody to answer. */
const PATIENCE = 6_000;

/**
 * Asks the kernel for students: one wish is in flight, and of those that come meanwhile the newest
 * is sent when it was answered.
 */
export class Wishes {
  silent = false;
  #flying: number | null = null;
  #waiting = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly traits: Traits<FollowModel>,
    readonly changed: () => void
  ) {
    traits.on(['shown'], () => this.#answered());
    traits.signal.addEventListener('abort', () => clearTimeout(this.#timer), { once: true });
  }

  get busy(): boolean {
    return this.#flying !== null;
  }

  /** Asks for what the sliders stand for now, unless it is there. */
  ask(): void {
    const wish = wishOf(this.traits);
    if (!wish || !this.traits.get('live')) return;
    if (this.#flying !== null) this.#waiting = true;
    else if (!granted(this.traits.get('shown'), wish)) this.#send(wish);
  }

  #send({ temperature, size }: Wish): void {
    const before = Math.max(
      this.traits.get('asked')?.ticket ?? 0,
      this.traits.get('shown')?.ticket ?? 0
    );
    this.#flying = before + 1;
    this.#waiting = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#giveUp(), PATIENCE);
    this.traits.set({ asked: { ticket: this.#flying, temperature, size } });
    this.changed();
  }

  #answered(): void {
    const ticket = this.traits.get('shown')?.ticket ?? 0;
    if (this.#flying === null || ticket < this.#flying) return;
    clearTimeout(this.#timer);
    this.#flying = null;
    this.silent = false;
    this.changed();
    if (this.#waiting) {
      this.#waiting = false;
      this.ask();
    }
  }

  #giveUp(): void {
    this.#flying = null;
    this.#waiting = false;
    this.silent = true;
    this.changed();
  }
}

/** Whether the temperature can be followed: by the kernel, or among students that are here. */
export function followable(traits: Traits<FollowModel>): boolean {
  const grid = gridOf(traits);
  if (!grid || (traits.get('shown')?.temperature ?? null) === null) return false;
  const held = grid.temperatures.length > 1 && (!traits.get('live') || !!grid.tree_of);
  return held || (traits.get('live') && grid.fast);
}
