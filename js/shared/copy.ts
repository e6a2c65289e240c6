import { h, KEYS, listen } from './dom';
import { atEnd } from './schedule';

/** A button that copies a text; where a host forbids that, the text is selected to be copied. */
export function copier(signal: AbortSignal) {
  let text = '';
  let name = '';
  let back: ReturnType<typeof setTimeout> | undefined;
  atEnd(signal, () => clearTimeout(back));
  const button = h('button', { type: 'button', class: 'button copy', ...KEYS });
  const field = h('textarea', {
    class: 'copied',
    readonly: true,
    hidden: true,
    rows: 3,
    'aria-label': 'Text to copy',
    ...KEYS
  });
  const note = h('span', { class: 'dim small', role: 'status' });
  const element = h('div', { class: 'copying' }, button, note, field);

  const byHand = () => {
    field.hidden = false;
    field.value = text;
    field.focus();
    field.select();
    // old, but what works where the new way is forbidden
    const done = document.execCommand?.('copy') ?? false;
    if (done) {
      field.hidden = true;
      button.focus();
    }
    return done;
  };
  const copy = async () => {
    let done = false;
    try {
      await navigator.clipboard.writeText(text);
      done = true;
    } catch {
      done = byHand();
    }
    if (signal.aborted) return;
    note.textContent = done ? 'Copied' : 'Selected: copy it with Ctrl+C or ⌘C';
    clearTimeout(back);
    if (done) back = setTimeout(() => note.replaceChildren(), 2500);
  };
  listen(button, signal, { click: () => void copy() });

  return {
    element,
    /** What is copied from now on. */
    offer(newName: string, newText: string): void {
      if (newName === name && newText === text) return;
      [name, text] = [newName, newText];
      button.textContent = name;
      field.hidden = true;
      note.replaceChildren();
    }
  };
}
