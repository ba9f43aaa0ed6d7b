import type { Job } from '@/lib/api';

export type JobState = Job['state'];
export const jobStates: JobState[] = ['dead', 'ready', 'running', 'done'];

/** What the list of jobs shows; kept in the URL. */
export interface JobsSearch {
  state?: JobState;
  page?: number;
  cursor?: string;
}

export const jobsPageSize = 50;

/** Reads the URL and drops what is unknown. */
export function parseJobsSearch(raw: Record<string, unknown>): JobsSearch {
  const page = Number(raw.page);
  const found: JobsSearch = {
    state: jobStates.find((state) => state === raw.state),
    page: Number.isSafeInteger(page) && page > 1 ? page : undefined,
    cursor: typeof raw.cursor === 'string' && raw.cursor ? raw.cursor : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
