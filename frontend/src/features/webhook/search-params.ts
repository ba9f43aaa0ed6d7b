import type { WebhookDelivery } from '@/lib/api';

export type DeliveryState = WebhookDelivery['state'];
export const deliveryStates: DeliveryState[] = ['dead', 'pending', 'delivered', 'cancelled'];

/** Which deliveries of a webhook are shown; kept in the URL. */
export interface DeliverySearch {
  state?: DeliveryState;
  page?: number;
  cursor?: string;
}

export const deliveryPageSize = 25;

/** Reads the URL and drops what is unknown. */
export function parseDeliverySearch(raw: Record<string, unknown>): DeliverySearch {
  const page = Number(raw.page);
  const found: DeliverySearch = {
    state: deliveryStates.find((state) => state === raw.state),
    page: Number.isSafeInteger(page) && page > 1 ? page : undefined,
    cursor: typeof raw.cursor === 'string' && raw.cursor ? raw.cursor : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
