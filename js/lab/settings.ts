import type { ISettingRegistry } from '@jupyterlab/settingregistry';

const THEMES = ['auto', 'light', 'dark'] as const;

/** What schema/plugin.json lets a person set, with its defaults. */
export class Settings {
  student = 'tree';
  theme: (typeof THEMES)[number] = 'auto';
  rows = 10_000;

  /** Takes the settings, now and when they change. */
  follow(settings: ISettingRegistry.ISettings): void {
    const take = () => {
      this.student = settings.get('defaultStudent').composite as string;
      this.theme = settings.get('theme').composite as Settings['theme'];
      this.rows = settings.get('rowsPerView').composite as number;
      this.apply();
    };
    settings.changed.connect(take);
    take();
  }

  /** Says the theme where views look for it: shared/theme.ts. */
  apply(): void {
    if (this.theme === 'auto') delete document.body.dataset.jupyterDistillTheme;
    else document.body.dataset.jupyterDistillTheme = this.theme;
  }
}
