import { describe, expect, it, vi } from 'vitest';
import { type Any, followTheme, ID, plugin, Settings, Signal, schema } from './stand_ins';

describe('the lab plugin', () => {
  const commands = new Map<string, Any>();
  const added: [unknown, string][] = [];
  const opened: string[] = [];
  const app = {
    hasPlugin: () => true,
    commands: { addCommand: (id: string, options: unknown) => commands.set(id, options) },
    shell: {
      add: (widget: unknown, area: string) => added.push([widget, area]),
      activateById: (id: string) => opened.push(id)
    }
  };

  it('asks for nothing it cannot do without, and registers its panel and commands', () => {
    expect(plugin.id).toBe('jupyter-distill:plugin');
    expect(plugin.requires ?? []).toEqual([]);
    plugin.activate(app as Any, null, null, null, null, null, null);
    expect(added.map(([, area]) => area)).toEqual(['left']);
    expect([...commands.keys()].sort()).toEqual(Object.values(ID).sort());
    commands.get(ID.panel).execute();
    expect(opened).toEqual(['jupyter-distill-panel']);
    expect(commands.get(ID.distil).isEnabled()).toBe(false);
  });

  it('puts its commands into palette and launcher', () => {
    const items: string[] = [];
    const cards: string[] = [];
    const palette = { addItem: ({ command }: { command: string }) => items.push(command) };
    const launcher = { add: ({ command }: { command: string }) => cards.push(command) };
    plugin.activate(app as Any, palette, null, null, null, null, launcher);
    expect(items.sort()).toEqual(
      Object.values(ID)
        .filter((id) => id !== ID.output)
        .sort()
    );
    expect(cards).toEqual([ID.notebook]);
  });

  it('takes settings, names them and the menu, and says of what fails that alone', async () => {
    const warned: string[] = [];
    const warn = vi.spyOn(console, 'warn').mockImplementation((text) => void warned.push(text));
    const usual = Object.entries(schema.properties).map(([key, { default: it }]) => [key, it]);
    const values = Object.fromEntries(usual);
    const settings = (of: unknown) => ({
      schema: of,
      changed: new Signal(),
      get: (key: string) => ({ composite: values[key] })
    });
    const activate = async (load: () => unknown, restored = Promise.resolve()) => {
      warned.length = 0;
      const menus: string[] = [];
      const widgets = (area: string) => {
        menus.push(area);
        return [];
      };
      const shell = { ...app.shell, widgets };
      const registry = { load: async () => load() };
      plugin.activate({ ...app, shell, restored } as Any, null, null, null, registry, null, null);
      await new Promise((done) => setTimeout(done));
      return menus;
    };
    const without = () => {
      throw new Error('no such schema');
    };
    expect(await activate(() => settings({}))).toEqual(['menu']);
    expect(warned).toEqual([]);
    expect(await activate(without)).toEqual(['menu']);
    expect(warned).toEqual(['jupyter-distill: settings are left at their defaults.']);
    expect(await activate(() => settings(null))).toEqual(['menu']);
    expect(warned).toEqual(['jupyter-distill: the names of the settings are left in English.']);
    expect(await activate(() => settings({}), Promise.reject(new Error('not restored')))).toEqual(
      []
    );
    expect(warned).toEqual(['jupyter-distill: the name of the menu is left in English.']);
    warn.mockRestore();
  });

  it('names in its schema only commands that there are', () => {
    const menus = schema['jupyter.lab.menus'];
    const named = [
      ...menus.main.flatMap((menu) => menu.items.map((item: Any) => item.command)),
      ...menus.context.map((item) => item.command),
      ...schema['jupyter.lab.shortcuts'].map((item) => item.command)
    ].filter(Boolean);
    expect([...new Set(named)].filter((id) => !commands.has(id))).toEqual([]);
  });

  it('takes its settings and says the theme where views look', () => {
    const values: Record<string, unknown> = {
      defaultStudent: 'ebm',
      theme: 'dark',
      rowsPerView: 9
    };
    const changed = new Signal();
    const registry = { changed, get: (key: string) => ({ composite: values[key] }) };
    const settings = new Settings();
    for (const [key, { default: usual }] of Object.entries(schema.properties)) {
      const ours = { defaultStudent: 'student', theme: 'theme', rowsPerView: 'rows' }[
        key
      ] as string;
      expect((settings as Any)[ours]).toBe(usual);
    }
    settings.follow(registry as Any);
    expect([settings.student, settings.rows]).toEqual(['ebm', 9]);
    expect(document.body.dataset.jupyterDistillTheme).toBe('dark');
    values.theme = 'auto';
    changed.emit();
    expect(document.body.dataset.jupyterDistillTheme).toBeUndefined();
  });
});

describe('the theme that a person chose for views', () => {
  it('holds whatever the page has, and with it the colours', async () => {
    const place = document.createElement('div');
    const ended = new AbortController();
    document.body.dataset.jpThemeLight = 'true';
    followTheme(place, place, ended.signal);
    expect([place.dataset.theme, place.hasAttribute('data-own-colours')]).toEqual(['light', false]);
    document.body.dataset.jupyterDistillTheme = 'dark';
    await vi.waitFor(() => expect(place.dataset.theme).toBe('dark'));
    expect(place.hasAttribute('data-own-colours')).toBe(true);
    delete document.body.dataset.jupyterDistillTheme;
    await vi.waitFor(() => expect(place.dataset.theme).toBe('light'));
    delete document.body.dataset.jpThemeLight;
    ended.abort();
  });
});
