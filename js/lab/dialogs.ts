import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { h } from '../shared/dom';

export interface Choice {
  value: string;
  label: string;
}

/** One question of a dialog: a choice where there are choices, else something to type. */
export interface Field {
  key: string;
  label: string;
  value: string;
  choices?: Choice[];
  /** Under a choice: what is typed in place of it, e.g. an expression. */
  other?: string;
  number?: { most: number };
}

export type Values = Record<string, string>;

let count = 0;

/** The questions of a dialog, each with its label. */
export class Form extends Widget implements Dialog.IBodyWidget<Values> {
  #read = new Map<string, () => string>();

  constructor(fields: Field[], problem = '') {
    super();
    this.addClass('jd-form');
    for (const field of fields) this.node.append(...this.#field(field));
    if (problem) this.node.append(h('p', { class: 'jd-problem', role: 'alert' }, problem));
  }

  getValue(): Values {
    return Object.fromEntries([...this.#read].map(([key, read]) => [key, read().trim()]));
  }

  #field({ key, label, value, choices, other, number }: Field): Node[] {
    const id = `jd-field-${++count}`;
    const name = h('label', { for: id }, label);
    const bounds = number ? { type: 'number', min: 0, max: number.most } : { type: 'text' };
    if (!choices) {
      const input = h('input', { id, ...bounds, value, spellcheck: 'false' });
      // what is proposed is typed over
      input.addEventListener('focus', () => input.select());
      this.#read.set(key, () => input.value);
      return [name, input];
    }
    const known = choices.some((choice) => choice.value === value);
    const select = h(
      'select',
      { id },
      ...choices.map((choice) =>
        h('option', { value: choice.value, selected: choice.value === value }, choice.label)
      )
    );
    if (!other) {
      this.#read.set(key, () => select.value);
      return [name, select];
    }
    const typed = h('input', {
      ...{ type: 'text', spellcheck: 'false', 'aria-label': `${label}: ${other}` },
      value: known ? '' : value
    });
    const own = h('option', {}, other);
    select.append(own);
    if (!known) own.selected = true;
    const show = () => {
      typed.hidden = select.selectedOptions[0] !== own;
    };
    select.addEventListener('change', () => {
      show();
      if (!typed.hidden) typed.focus();
    });
    show();
    this.#read.set(key, () => (typed.hidden ? select.value : typed.value));
    return [name, h('div', {}, select, typed)];
  }
}

interface Asked {
  values: Values;
  /** Which of the buttons, from 0. */
  button: number;
}

/** Asks until the answers will do, or nothing is wanted: then null. */
export async function askForm(
  title: string,
  fields: Field[],
  actions: string[],
  trans: TranslationBundle,
  wrong: (values: Values) => string = () => ''
): Promise<Asked | null> {
  let problem = '';
  let questions = fields;
  for (;;) {
    const body = new Form(questions, problem);
    const buttons = [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      ...actions.map((label) => Dialog.okButton({ label }))
    ];
    // a person may type at once
    const focusNodeSelector = '.jd-form :is(input, select)';
    const done = await showDialog({ title, body, buttons, defaultButton: 1, focusNodeSelector });
    if (!done.button.accept || !done.value) return null;
    const values = done.value;
    problem = wrong(values);
    if (!problem) return { values, button: actions.indexOf(done.button.label) };
    questions = questions.map((field) => ({ ...field, value: values[field.key] }));
  }
}

/** Says something, with what may be done about it; whether that is wanted. */
export async function say(
  title: string,
  text: string,
  trans: TranslationBundle,
  action?: string
): Promise<boolean> {
  const buttons = action
    ? [Dialog.cancelButton({ label: trans.__('Close') }), Dialog.okButton({ label: action })]
    : [Dialog.okButton({ label: trans.__('Close') })];
  const done = await showDialog({ title, body: text, buttons });
  return action !== undefined && done.button.accept;
}
