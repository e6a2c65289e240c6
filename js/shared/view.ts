import { h, isPlain } from './dom';
import { type AnyModel, type CommonModel, Traits } from './model';
import { atEnd } from './schedule';
import { followTheme } from './theme';
import theme from './theme.css';

/** Draws a view into `host`; everything it starts ends with the signal. */
export type Mount = (model: AnyModel, host: HTMLElement, signal: AbortSignal) => void;

interface RenderProps {
  model: AnyModel;
  el: HTMLElement;
  /** Older hosts give none: then the returned function ends the view. */
  signal?: AbortSignal;
}

/** The default export of a view's module: its own shadow root, theme and error line. */
export function defineView(mount: Mount) {
  return {
    render({ model, el, signal: outer }: RenderProps): () => void {
      const ended = new AbortController();
      const { signal } = ended;
      if (outer?.aborted) ended.abort();
      outer?.addEventListener('abort', () => ended.abort(), { once: true, signal });

      const host = h('div', { class: 'jupyter-distill' });
      const shadow = host.attachShadow({ mode: 'open' });
      const root = h('div', { class: 'jd' });
      shadow.append(sheet(theme), root);
      el.replaceChildren(host);
      // beside others in a row it shares the room instead of pushing them out
      el.style.minWidth ||= '0';
      followTheme(el, root, signal);
      holdKeys(host, signal);

      const place = h('div');
      root.append(errorLine(model, signal), place);
      guarded(place, () => mount(model, place, signal));
      atEnd(signal, () => host.remove());
      return () => ended.abort();
    }
  };
}

export const sheet = (text: string): HTMLStyleElement => h('style', {}, text);

/** A payload that cannot be read is said in the view, not only in the console. */
export function guarded(place: HTMLElement, draw: () => void): void {
  try {
    draw();
  } catch (reason) {
    const text = reason instanceof Error ? reason.message : String(reason);
    place.replaceChildren(h('div', { class: 'alert', role: 'alert' }, `Cannot draw this: ${text}`));
    console.error('jupyter-distill:', reason);
  }
}

function errorLine(model: AnyModel, signal: AbortSignal): HTMLElement {
  const traits = new Traits<CommonModel>(model, signal);
  const place = h('div');
  const update = () => {
    const text = traits.get('error');
    place.replaceChildren(...(text ? [h('div', { class: 'alert', role: 'alert' }, text)] : []));
  };
  traits.on(['error'], update);
  update();
  return place;
}

/**
 * JupyterLab reads keys at the document, where a shadow root hides which control has the focus.
 * So the mark of the control is lifted to the host for plain keys, just before the document sees
 * them; with Ctrl, Alt or Cmd the notebook's shortcuts stay in force.
 */
function holdKeys(host: HTMLElement, signal: AbortSignal): void {
  const name = 'data-lm-suppress-shortcuts';
  window.addEventListener(
    'keydown',
    (event) => {
      const path = event.composedPath();
      if (!path.includes(host)) return;
      const target = path[0] as Element;
      if (isPlain(event) && target.closest?.(`[${name}="true"]`)) host.setAttribute(name, 'true');
      else host.removeAttribute(name);
    },
    { capture: true, signal }
  );
}
