import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { h } from '../shared/dom';
import { count, percent, temperature } from '../shared/format';
import type { Distilled, Look } from './ask';
import type { Known } from './known';
import { differences, explain, viewName } from './words';

/** What a person may ask for in the panel. */
export interface Wishes {
  distil(): void;
  check(): void;
  view(d: Distilled, kind: string): void;
  findings(d: Distilled): void;
  audit(d: Distilled): void;
  report(d: Distilled): void;
  certificate(d: Distilled): void;
  insert(code: string): void;
}

/** The side panel: the distillations of the notebook in front. */
export class DistillPanel extends Widget {
  #place = h('dl', { class: 'jd-facts' });
  #body = h('div');
  #shown = '';

  constructor(
    readonly known: Known,
    readonly wishes: Wishes,
    readonly trans: TranslationBundle,
    readonly hasPlugin: (id: string) => boolean
  ) {
    super();
    this.addClass('jd-panel');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Distillations'));
    this.node.append(h('h2', {}, trans.__('Distillations')), this.#place, this.#body);
    this.refresh();
  }

  /** Draws what is known now; what has not changed stays, with its focus. */
  refresh(): void {
    const { __ } = this.#words();
    const { notebook, kernel, status } = this.known.watch.where();
    const facts: Node[] = [];
    const fact = (name: string, value: string) => facts.push(h('dt', {}, name), h('dd', {}, value));
    if (notebook !== null) {
      fact(__('Notebook'), notebook);
      if (kernel) fact(__('Kernel'), status ? `${kernel} (${status})` : kernel);
    }
    this.#place.replaceChildren(...facts);

    const { answer } = this.known;
    const doing = answer === null ? this.known.watch.kernel?.status : '';
    const state = JSON.stringify([notebook, kernel, answer, doing]);
    if (state === this.#shown) return;
    this.#shown = state;
    const focused = (document.activeElement as HTMLElement | null)?.dataset.jd;
    this.#body.replaceChildren(...this.#content(notebook, kernel, doing));
    if (!focused) return;
    const again = [...this.#body.querySelectorAll<HTMLElement>('[data-jd]')];
    again.find((one) => one.dataset.jd === focused)?.focus();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.known.dispose();
    super.dispose();
  }

  // Lumino's: the kernel is asked while the panel can be seen
  protected override onAfterShow(): void {
    this.known.seen = true;
  }

  protected override onAfterAttach(): void {
    this.known.seen = this.isVisible;
  }

  protected override onBeforeHide(): void {
    this.known.seen = false;
  }

  protected override onBeforeDetach(): void {
    this.known.seen = false;
  }

  #words() {
    return { __: this.trans.__.bind(this.trans) };
  }

  #content(notebook: string | null, kernel: string, doing?: string): Node[] {
    const { __ } = this.#words();
    if (notebook === null) return [this.#said(__('No notebook is open.'))];
    if (!kernel) return [this.#said(__('This notebook has no kernel.'))];
    const { answer } = this.known;
    if (answer === null) {
      const said =
        doing === 'busy'
          ? __('The kernel is busy. It is asked when it is done.')
          : doing === 'idle'
            ? __('Asking the kernel …')
            : __('The kernel does not answer yet. It is asked when it does.');
      return [this.#said(said)];
    }
    if (answer.why !== null) {
      const { text, cell } = explain(answer, this.trans);
      if (!cell) return [this.#said(text)];
      const put = this.#button(__('Insert this cell'), 'insert', () => this.wishes.insert(cell));
      return [this.#said(text), h('pre', {}, h('code', {}, cell)), put];
    }
    return this.#distillations(answer.value);
  }

  #distillations(look: Look): Node[] {
    const { __ } = this.#words();
    const notes = differences(look, this.hasPlugin, this.trans).map((text) =>
      h('p', { class: 'jd-note', role: 'status' }, text)
    );
    const list = look.distillations.map((d) => this.#card(d));
    const none = h(
      'p',
      {},
      __(
        'There is no distillation in this notebook yet. With a fitted model and its rows in variables, make one:'
      )
    );
    return [
      ...notes,
      list.length ? h('ul', { class: 'jd-list' }, ...list) : none,
      h(
        'div',
        { class: 'jd-actions' },
        this.#button(__('New distillation …'), 'distil', () => this.wishes.distil(), true),
        this.#button(__('Check a teacher …'), 'check', () => this.wishes.check())
      )
    ];
  }

  #card(d: Distilled): HTMLElement {
    const { __ } = this.#words();
    const facts: [string, string][] = [
      [__('Teacher'), d.teacher],
      [__('Student'), d.student],
      [__('Size'), count(d.size)],
      ...(d.temperature === null
        ? []
        : [[__('Temperature'), temperature(d.temperature)] as [string, string]]),
      [__('Fidelity'), fidelity(d, this.trans)]
    ];
    const key = (what: string) => `${d.name} ${what}`;
    const views = d.views.map((kind) =>
      this.#button(viewName(kind, this.trans), key(kind), () => this.wishes.view(d, kind))
    );
    const title = h('h3', {}, h('code', {}, d.name));
    const matters = findings(d, this.trans);
    return h(
      'li',
      { class: 'jd-card' },
      title,
      h(
        'dl',
        { class: 'jd-facts' },
        ...facts.flatMap(([a, b]) => [h('dt', {}, a), h('dd', {}, ...breakable(b))])
      ),
      h(
        'div',
        { class: 'jd-actions', role: 'group', 'aria-label': __('Open a view of %1', d.name) },
        ...views
      ),
      h(
        'div',
        {
          class: 'jd-actions',
          role: 'group',
          'aria-label': __('Insert a cell that asks %1', d.name)
        },
        ...(matters ? [this.#button(matters, key('findings'), () => this.wishes.findings(d))] : []),
        this.#button(__('Audit'), key('audit'), () => this.wishes.audit(d)),
        this.#button(__('Report …'), key('report'), () => this.wishes.report(d)),
        this.#button(__('Certificate …'), key('certificate'), () => this.wishes.certificate(d))
      )
    );
  }

  #said(text: string): HTMLElement {
    return h('p', { role: 'status' }, text);
  }

  #button(label: string, key: string, does: () => void, main = false): HTMLElement {
    const name = main ? 'jd-button jd-main' : 'jd-button';
    const button = h('button', { type: 'button', class: name, 'data-jd': key }, label);
    button.addEventListener('click', does);
    return button;
  }
}

/** 0.93, 0.91, 0.95 -> "93 % of rows alike (91 to 95 %)" */
export function fidelity(
  { measure, fidelity: [value, low, high] }: Pick<Distilled, 'measure' | 'fidelity'>,
  trans: TranslationBundle
): string {
  if (value === null || value === undefined) return '–';
  const write = measure === 'R2' ? (n: number) => n.toFixed(2) : (n: number) => percent(n);
  const head = measure === 'R2' ? `R² ${write(value)}` : trans.__('%1 agreement', write(value));
  if (typeof low !== 'number' || typeof high !== 'number') return head;
  const bare = (n: number) => write(n).replace(/\s*%$/, '');
  // the interval stays on one line: word joiner, no-break space
  const interval = `(${bare(low)}–\u2060${write(high)})`.replaceAll(' ', '\u00a0');
  return `${head} ${interval}`;
}

/** Lets a long name of a class go on in another line: Random|Forest|Classifier. */
const breakable = (text: string): (string | Node)[] =>
  text
    .split(/(?<=[a-z0-9_])(?=[A-Z])/)
    .flatMap((part, place) => (place ? [h('wbr'), part] : [part]));

function findings({ findings: found }: Distilled, trans: TranslationBundle): string {
  const of = (severity: string) => found.filter((one) => one === severity).length;
  const [problems, warnings, notes] = ['problem', 'warning', 'note'].map(of);
  return [
    problems && trans._n('%1 problem', '%1 problems', problems),
    warnings && trans._n('%1 warning', '%1 warnings', warnings),
    notes && trans._n('%1 note', '%1 notes', notes)
  ]
    .filter(Boolean)
    .join(', ');
}
