import { h } from '../shared/dom';
import { Traits } from '../shared/model';
import { defineView, guarded, type Mount, sheet } from '../shared/view';
import { type DisagreementModel, mount as mountTable } from './disagreement';
import { header, type Summary } from './distillation/header';
import { LentModel } from './distillation/lent';
import css from './distillation.css';
import { mountChooser, mount as mountTemperature, type TemperatureModel } from './temperature';
import { mount as mountTree, type TreeModel } from './tree';

export interface DistillationModel extends TreeModel, DisagreementModel, TemperatureModel {
  // data
  summary: Partial<Summary>;
}

/**
 * The linked whole. The parts know nothing of each other: a node chosen in the tree filters the
 * table and a row chosen in the table lights its path because they share the model's traits.
 */
export const mount: Mount = (base, host, signal) => {
  // says where the table's rows are those of another student
  const behind = h('p', { class: 'dim behind', role: 'status' });
  const model = new LentModel(base, signal, (text, stale) => {
    behind.textContent = text;
    behind.classList.toggle('stale', stale);
  });
  const traits = new Traits<DistillationModel>(model, signal);
  host.classList.add('distillation-view');
  const head = h('div');
  const part = (name: string, title: string, draw: Mount) => {
    const place = h('div');
    const section = h('section', { class: name, 'aria-label': title }, h('h2', {}, title), place);
    return { section, start: () => guarded(place, () => draw(model, place, signal)) };
  };
  const parts = [
    part('whole', 'Student', mountTree),
    // a regression has no temperature
    ...(traits.get('classes')?.length
      ? [part('soft', 'Temperature', mountTemperature)]
      : [part('soft', 'Size', mountChooser)]),
    part('rows-of', 'Teacher against student', mountTable)
  ];
  host.append(sheet(css), head, h('div', { class: 'parts' }, ...parts.map((p) => p.section)));
  const update = () =>
    guarded(head, () => head.replaceChildren(...header(traits.get('summary') ?? {})));
  traits.on(['summary'], update);
  update();
  parts.at(-1)?.section.children[0].after(behind);
  for (const { start } of parts) start();
};

export default defineView(mount);
