/** Runs `act` when the signal ends. */
export const atEnd = (signal: AbortSignal, act: () => void): void =>
  signal.addEventListener('abort', act, { once: true });

/** Runs `draw` at most once a frame, with the newest state; stops with the signal. */
export function frame(signal: AbortSignal, draw: () => void): () => void {
  let asked = 0;
  atEnd(signal, () => cancelAnimationFrame(asked));
  return () => {
    if (asked || signal.aborted) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      draw();
    });
  };
}

/** Runs `act` after a pause in the calls; stops with the signal. */
export function debounce(signal: AbortSignal, pause: number, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  atEnd(signal, () => clearTimeout(timer));
  return () => {
    clearTimeout(timer);
    if (!signal.aborted) timer = setTimeout(act, pause);
  };
}

/** Calls back when the size of an element has changed; stops with the signal. */
export function onResize(element: Element, act: () => void, signal: AbortSignal): void {
  const watch = new ResizeObserver(act);
  watch.observe(element);
  atEnd(signal, () => watch.disconnect());
}

export const calm = (): boolean =>
  globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false;
