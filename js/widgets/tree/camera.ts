import { listen } from '../../shared/dom';
import { atEnd, calm } from '../../shared/schedule';

/** A box in the tree's own coordinates. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const LEAST = 0.015;
const MOST = 2.5;
/** Nearer than this a press is a click, not a drag. */
const SLACK = 4;

/** Pan and zoom of the stage: plain wheel is left to the page. */
export class Camera {
  x = 0;
  y = 0;
  k = 1;
  /** Whether the person has moved it: then a resize leaves it alone. */
  moved = false;
  /** Size of the whole tree: some of it always stays on the stage. */
  content = { width: 0, height: 0 };
  /** Size of the stage: kept here, for asking the page in every frame would lay it out anew. */
  room = { width: 0, height: 0 };
  #glide = 0;

  constructor(
    readonly stage: HTMLElement,
    readonly signal: AbortSignal,
    readonly draw: () => void
  ) {
    stage.addEventListener('wheel', (event) => this.#wheel(event), { passive: false, signal });
    this.#drag();
    atEnd(signal, () => cancelAnimationFrame(this.#glide));
  }

  place(x: number, y: number, k: number): void {
    cancelAnimationFrame(this.#glide);
    this.k = k;
    this.x = held(x, this.content.width * k, this.room.width);
    this.y = held(y, this.content.height * k, this.room.height);
    this.draw();
  }

  zoom(factor: number, at?: { x: number; y: number }): void {
    const centre = at ?? { x: this.room.width / 2, y: this.room.height / 2 };
    const k = Math.min(MOST, Math.max(LEAST, this.k * factor));
    const ratio = k / this.k;
    this.moved = true;
    this.place(centre.x - (centre.x - this.x) * ratio, centre.y - (centre.y - this.y) * ratio, k);
  }

  /** Moves no further than needed to bring a box into sight. */
  reach(box: Box, margin = 24): void {
    const { width, height } = this.room;
    if (!width || !height) return;
    const shift = (start: number, length: number, room: number) => {
      const before = start - margin;
      const after = start + length + margin - room;
      if (before < 0) return -before;
      return after > 0 ? -Math.min(after, before) : 0;
    };
    const dx = shift(box.x * this.k + this.x, box.width * this.k, width);
    const dy = shift(box.y * this.k + this.y, box.height * this.k, height);
    if (dx || dy) this.glideTo(this.x + dx, this.y + dy, this.k);
  }

  glideTo(x: number, y: number, k: number): void {
    cancelAnimationFrame(this.#glide);
    if (calm()) {
      this.place(x, y, k);
      return;
    }
    const from = { x: this.x, y: this.y, k: this.k };
    let begun = 0;
    const step = (now: number) => {
      begun ||= now;
      const t = Math.min(1, (now - begun) / 200);
      const ease = 1 - (1 - t) ** 3;
      this.x = from.x + (x - from.x) * ease;
      this.y = from.y + (y - from.y) * ease;
      this.k = from.k + (k - from.k) * ease;
      this.draw();
      if (t < 1) this.#glide = requestAnimationFrame(step);
    };
    this.#glide = requestAnimationFrame(step);
  }

  #wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = this.stage.getBoundingClientRect();
    const lines = event.deltaMode === 1 ? 16 : 1;
    const factor = Math.exp(-event.deltaY * lines * (Math.abs(event.deltaY) < 20 ? 0.01 : 0.002));
    this.zoom(factor, { x: event.clientX - box.left, y: event.clientY - box.top });
  }

  #drag(): void {
    const { stage, signal } = this;
    const hands = new Map<number, { x: number; y: number }>();
    let start: { x: number; y: number } | null = null;
    let dragging = false;
    const at = (event: PointerEvent) => {
      const box = stage.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 0) return;
      start = at(event);
      dragging = false;
      hands.set(event.pointerId, start);
    };
    const move = (event: PointerEvent) => {
      const before = hands.get(event.pointerId);
      if (!before || !start) return;
      const now = at(event);
      if (!dragging && Math.hypot(now.x - start.x, now.y - start.y) < SLACK) return;
      if (!dragging) {
        dragging = true;
        stage.setPointerCapture?.(event.pointerId);
        stage.classList.add('dragging');
      }
      hands.set(event.pointerId, now);
      this.moved = true;
      const other = [...hands].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const ratio =
          Math.hypot(now.x - other.x, now.y - other.y) /
          Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
        this.zoom(ratio, other);
      } else {
        this.place(this.x + now.x - before.x, this.y + now.y - before.y, this.k);
      }
    };
    const up = (event: PointerEvent) => {
      hands.delete(event.pointerId);
      stage.classList.remove('dragging');
    };
    // the click that ends a drag must not choose the card under the hand
    const click = (event: MouseEvent) => {
      if (dragging) event.stopPropagation();
      dragging = false;
    };
    listen(stage, signal, {
      pointerdown: down,
      pointermove: move,
      pointerup: up,
      pointercancel: up
    });
    stage.addEventListener('click', click, { capture: true, signal });
  }
}

function held(start: number, length: number, room: number): number {
  if (!room || !length) return start;
  const least = Math.min(120, length, room);
  return Math.min(room - least, Math.max(least - length, start));
}
