// Sets the colour scheme and the contrast before the first paint. A file of its own, because the
// content security policy allows no inline scripts.
(() => {
  let scheme = 'auto';
  let contrast = null;
  try {
    scheme = localStorage.getItem('fixdesk.color-scheme') || 'auto';
    contrast = localStorage.getItem('fixdesk.contrast');
  } catch {
    // Storage may be blocked; then the system's preference decides.
  }
  if (scheme !== 'light' && scheme !== 'dark') {
    scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
  contrast ??= matchMedia('(prefers-contrast: more)').matches ? 'more' : 'normal';
  document.documentElement.setAttribute('data-contrast', contrast);
  // Paper is white, whatever the screen is.
  let before = null;
  addEventListener('beforeprint', () => {
    before = document.documentElement.getAttribute('data-mantine-color-scheme');
    document.documentElement.setAttribute('data-mantine-color-scheme', 'light');
  });
  addEventListener('afterprint', () => {
    if (before) document.documentElement.setAttribute('data-mantine-color-scheme', before);
  });
})();
