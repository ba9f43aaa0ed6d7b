import type { Account } from '@/lib/api';

export type Role = Account['role'];
export const roleKeys: Role[] = ['employee', 'it_staff', 'admin'];

/** What the list of people shows; kept in the URL. */
export interface UsersSearch {
  search?: string;
  role?: Role;
  active?: 'yes' | 'no';
  page?: number;
  cursor?: string;
}

export const usersPageSize = 50;

/** Reads the URL and drops what is unknown. */
export function parseUsersSearch(raw: Record<string, unknown>): UsersSearch {
  const page = Number(raw.page);
  const found: UsersSearch = {
    search: typeof raw.search === 'string' && raw.search ? raw.search : undefined,
    role: roleKeys.find((role) => role === raw.role),
    active: raw.active === 'yes' || raw.active === 'no' ? raw.active : undefined,
    page: Number.isSafeInteger(page) && page > 1 ? page : undefined,
    cursor: typeof raw.cursor === 'string' && raw.cursor ? raw.cursor : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
