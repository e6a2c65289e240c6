import { h } from '../shared/dom';
import { type CommonModel, Traits } from '../shared/model';
import { unheard, watchAnswer } from '../shared/silence';
import { still } from '../shared/still';
import twinCss from '../shared/twin.css';
import { defineView, guarded, type Mount, sheet } from '../shared/view';
import type { ReasonsPayload } from './audit/data';
import { type Finding, findings } from './audit/findings';
import findingsCss from './audit/findings.css';
import { reasonsPanel } from './audit/reasons';
import { type Part, tabs } from './audit/tabs';
import css from './audit.css';

interface About {
  /** Said by the method: what it asks of the teacher. Empty where there is nobody to ask. */
  costs?: Record<string, string>;
  /** Whether the student alone can be explained. */
  alone?: boolean;
  style?: string;
  title?: string;
  headline?: string;
  notes?: string[];
  nothing?: string;
  findings?: Finding[];
  parts?: Part[];
}

export interface AuditModel extends CommonModel {
  // data
  about: About;
  reasons: Record<string, ReasonsPayload>;
  panels: Record<string, string>;
  asking: string;
  // view state
  row: number | null;
  method: string;
  output: string;
  part: string;
  // intent
  ask: { method?: string; row?: number };
}

const [FINDINGS, REASONS] = ['findings', 'attributions'];

/** Whether the kernel has yet to draw the part that is looked at. */
function missing(traits: Traits<AuditModel>): boolean {
  const name = traits.get('part');
  const part = traits.get('about').parts?.find((one) => one.name === name);
  const drawn = !part || part.skipped || [FINDINGS, REASONS].includes(name);
  return traits.get('live') && !drawn && !traits.get('panels')[name];
}

/** The reasons of both models side by side, and what an audit found. */
export const mount: Mount = (model, host, signal) => {
  const traits = new Traits<AuditModel>(model, signal);
  host.classList.add('audit-view');
  const place = h('div');
  host.append(sheet(twinCss), sheet(findingsCss), sheet(css), place);

  const load = () =>
    guarded(place, () => {
      const about = traits.get('about');
      const { parts, findings: found = [] } = about;
      let reasons: HTMLElement | null = null;
      const own = () => {
        reasons ??= reasonsPanel(traits, signal);
        return reasons;
      };
      if (!parts) {
        place.replaceChildren(own());
        return;
      }
      const counts = { [FINDINGS]: found.length };
      const tabbed = tabs(parts, counts, signal, (part) => traits.set({ part }));
      const list = findings(found, about.nothing ?? '');
      const show = () => {
        const part = parts.find(({ name }) => name === traits.get('part')) ?? parts[0];
        tabbed.follow(part.name);
        const asks = part.asks ? [h('h2', { class: 'asks' }, part.asks)] : [];
        tabbed.panel.replaceChildren(...asks, ...inside(part));
      };
      const inside = (part: Part): Node[] => {
        if (part.name === FINDINGS) return [list];
        if (part.skipped) return [h('p', { class: 'empty' }, `Not looked at: ${part.skipped}.`)];
        if (part.name === REASONS) return [own()];
        const html = traits.get('panels')[part.name];
        if (html) return [still(html, about.style ?? '')];
        const words = !traits.get('live')
          ? 'To see it, open this in a notebook.'
          : answer.silent()
            ? unheard('this part is not known here')
            : 'Drawing it …';
        return [h('p', { class: 'empty', role: 'status' }, words)];
      };
      const draw = () => guarded(tabbed.panel, show);
      const answer = watchAnswer(signal, () => missing(traits), draw);
      traits.on(['part', 'panels', 'error'], () => {
        answer.look();
        draw();
      });
      answer.look();
      show();
      place.replaceChildren(
        h(
          'div',
          { class: 'head' },
          h('p', { class: 'title' }, about.title ?? ''),
          h('p', {}, about.headline ?? ''),
          ...(about.notes ?? []).map((note) => h('p', { class: 'dim' }, note))
        ),
        tabbed.element
      );
    });
  load();
};

export default defineView(mount);
