import type { CreateClientConfig } from './api/client.gen';
import { apiFetch } from './api-fetch';

/** Settings of the generated client; it calls this once when it is made. */
export const createClientConfig: CreateClientConfig = (config) => ({
  ...config,
  baseUrl: here(config?.baseUrl),
  fetch: apiFetch,
  throwOnError: true,
});

/** The API lives on the host that served the app, whatever example host the document names. */
function here(documented?: string): string {
  const path = new URL(documented || '/', location.origin).pathname.replace(/\/$/, '');
  return location.origin + path;
}
