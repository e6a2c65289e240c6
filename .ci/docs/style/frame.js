// Inside a live picture: takes the theme of the page around it, as it would a notebook's.
addEventListener('message', ({ data }) => {
  if (!['light', 'dark', 'auto'].includes(data?.theme)) return;
  const root = document.documentElement;
  for (const { dataset } of [root, document.body]) {
    if (data.theme === 'auto') delete dataset.jpThemeLight;
    else dataset.jpThemeLight = String(data.theme === 'light');
  }
  root.style.colorScheme = data.theme === 'auto' ? '' : data.theme;
});
