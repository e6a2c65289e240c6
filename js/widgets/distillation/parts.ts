import { h } from '../../shared/dom';
import type { AnyModel } from '../../shared/model';
import { atEnd } from '../../shared/schedule';
import type { Mount } from '../../shared/view';
import { decode, type Wire } from '../../shared/wire';
import { mount as mountLadder } from '../ladder';
import { mount as mountRules } from '../rules';
import { mount as mountTerms } from '../terms';
import { mount as mountTree } from '../tree';
import { Alias } from './alias';
import type { Summary } from './header';
import { leafIn } from './leaf';
import { reasonsOf } from './reasons';

/** Which view shows the student. */
export type Shows = 'tree' | 'rules' | 'terms' | 'still';

export const STUDENTS: Record<Shows, Mount> = {
  tree: mountTree,
  rules: (model, host, signal) => mountRules(asRules(model), host, signal),
  terms: (model, host, signal) => mountTerms(asTerms(model), host, signal),
  still: (model, host, signal) => fragment(model, 'still', host, signal)
};

/** The chosen rule is the chosen node of the student, by its place. */
function asRules(model: AnyModel): AnyModel {
  const place = (node: unknown): number | null => {
    const nodes = (model.get('rules') as { nodes?: Wire } | undefined)?.nodes;
    if (!nodes || typeof node !== 'number') return null;
    const at = decode(nodes, 'i4').indexOf(node);
    return at < 0 ? null : at;
  };
  const decided = () => {
    const row = model.get('row');
    const told = model.get('decided') as { row?: number } | undefined;
    if (typeof row !== 'number' || told?.row === row) return told;
    // before a kernel has answered it is known which rule decides a row, not what it has there
    const leaf = model.get('live') ? leafIn(model.get('page'), row) : model.get('leaf');
    const rule = place(leaf);
    return rule === null ? {} : { row, rule, tests: [] };
  };
  return new Alias(model, {
    rule: { from: ['node'], get: () => place(model.get('node')) },
    decided: { from: ['decided', 'leaf'], get: decided }
  });
}

function asTerms(model: AnyModel): AnyModel {
  const reasons = () => {
    const told = (model.get('reasons') ?? {}) as { kept?: object };
    return model.get('live') ? told : reasonsOf(told.kept, model.get('row'));
  };
  return new Alias(model, {
    reasons: { from: ['reasons', 'row'], get: reasons },
    busy: { from: ['ask'], get: () => typeof model.get('ask') === 'number' }
  });
}

/** The rung that is chosen is the student that is shown. */
export const ladder: Mount = (model, host, signal) => {
  const summary = () => (model.get('summary') ?? {}) as Partial<Summary>;
  const adopting = () => Object.keys((model.get('adopt') ?? {}) as object).length > 0;
  // asked for is not begun: the kernel says when it is at work
  const busy = () => model.get('busy') === true && adopting();
  const part = new Alias(model, {
    family: { from: ['summary'], get: () => summary().student },
    size: { from: [], get: () => summary().chosen },
    busy: { from: ['busy'], get: busy }
  });
  mountLadder(part, host, signal);
};

/** HTML that Python has made, without scripts, in a root of its own: its style stays inside. */
export function fragment(
  model: AnyModel,
  name: 'still' | 'trust',
  host: HTMLElement,
  signal: AbortSignal
): void {
  const place = h('div', { class: 'fragment' });
  const root = place.attachShadow({ mode: 'open' });
  const draw = () => {
    const parsed = new DOMParser().parseFromString(String(model.get(name) ?? ''), 'text/html');
    root.replaceChildren(...parsed.head.childNodes, ...parsed.body.childNodes);
  };
  const event = `change:${name}`;
  model.on(event, draw);
  atEnd(signal, () => model.off(event, draw));
  draw();
  host.append(place);
}
