// Sets the colour scheme before the first paint. A file of its own, because the
// content security policy allows no inline scripts.
(() => {
  let scheme = 'auto';
  try {
    scheme = localStorage.getItem('fixdesk.color-scheme') || 'auto';
  } catch {
    // Storage may be blocked; then the system's preference decides.
  }
  if (scheme !== 'light' && scheme !== 'dark') {
    scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
})();
