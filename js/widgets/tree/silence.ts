import type { Traits } from '../../shared/model';
import { atEnd } from '../../shared/schedule';
import type { TreeModel } from '../tree';

/** A kernel that is there has answered by then. */
const PATIENCE = 1_000;

/** Whether the kernel is silent about the chosen row; `then` is told when that changes. */
export function watchSilence(traits: Traits<TreeModel>, then: () => void): () => boolean {
  let silent = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  atEnd(traits.signal, () => clearTimeout(timer));
  const unanswered = () => {
    const row = traits.get('row') ?? null;
    return row !== null && traits.get('live') && traits.get('path')?.row !== row;
  };
  const turn = (now: boolean) => {
    if (silent === now) return;
    silent = now;
    then();
  };
  traits.on(['row', 'path'], () => {
    clearTimeout(timer);
    turn(false);
    if (unanswered()) timer = setTimeout(() => turn(unanswered()), PATIENCE);
  });
  return () => silent;
}
