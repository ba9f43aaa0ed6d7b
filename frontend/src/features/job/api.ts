import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  discardJobMutation,
  listJobsOptions,
  replayJobMutation,
} from '@/lib/api/@tanstack/react-query.gen';
import { invalidate } from '@/lib/query';
import { type JobsSearch, jobsPageSize } from './search-params';

/** Failed jobs unless another state is asked for. */
export function useJobs(search: JobsSearch) {
  return useQuery({
    ...listJobsOptions({
      query: {
        state: search.state ?? 'dead',
        page: search.cursor ? undefined : search.page,
        cursor: search.cursor,
        page_size: jobsPageSize,
      },
    }),
    placeholderData: keepPreviousData,
  });
}

export function useReplayJob() {
  const client = useQueryClient();
  return useMutation({ ...replayJobMutation(), onSettled: () => invalidate(client, 'listJobs') });
}

export function useDiscardJob() {
  const client = useQueryClient();
  return useMutation({ ...discardJobMutation(), onSettled: () => invalidate(client, 'listJobs') });
}
