import { h, listen } from '../../shared/dom';
import { atEnd } from '../../shared/schedule';
import type { Tree } from '../../shared/tree';
import { detail } from './detail';
import type { Stage } from './stage';

/** A glance is no question: the card waits until the pointer rests. */
const REST = 250;

export interface Seen {
  tree: Tree;
  folded: ReadonlySet<number>;
}

/** The floating card with a node's numbers, beside the node under the pointer or the focus. */
export function hoverCard(frame: HTMLElement, stage: Stage, signal: AbortSignal) {
  const element = h('div', { class: 'hover', role: 'presentation', hidden: true });
  frame.append(element);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over: number | null = null;
  atEnd(signal, () => clearTimeout(timer));

  const hide = () => {
    clearTimeout(timer);
    over = null;
    element.hidden = true;
  };

  const show = (node: number, { tree, folded }: Seen) => {
    const box = stage.boxOf(node);
    if (!box) return;
    element.replaceChildren(...detail(tree, node, folded.has(node)));
    element.hidden = false;
    const { clientWidth: width, clientHeight: height } = frame;
    const { offsetWidth: w, offsetHeight: tall } = element;
    const gap = 12;
    const clamp = (value: number, most: number) => Math.max(4, Math.min(value, most - 4));
    let x = box.right + gap + 12;
    let y = clamp(box.top, height - tall);
    if (x + w > width) x = box.left - gap - w;
    if (x < 0) {
      // no room at either side: below the card, or above it
      x = clamp(box.left, width - w);
      y = box.bottom + gap + tall < height ? box.bottom + gap : box.top - 28 - tall;
      y = Math.max(y, 4 - tall);
    }
    element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  };

  const watch = (seen: () => Seen | null) => {
    const enter = (event: PointerEvent) => {
      if (event.pointerType === 'touch' || event.buttons) return;
      const node = stage.hit(event);
      if (node === over) return;
      hide();
      over = node;
      if (node === null) return;
      timer = setTimeout(() => {
        const now = seen();
        if (now && node < now.tree.size) show(node, now);
      }, REST);
    };
    listen(stage.svg, signal, {
      pointermove: enter,
      pointerleave: hide,
      pointerdown: hide,
      focusout: hide
    });
    stage.svg.addEventListener('wheel', hide, { signal, passive: true });
  };
  return { show, hide, watch };
}
