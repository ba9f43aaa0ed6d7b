import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  type Calendar,
  type CalendarCreate,
  createCalendar,
  createSlaPolicy,
  deleteCalendar,
  deleteSlaPolicy,
  importHolidays,
  recalculateSla,
  reorderSlaPolicies,
  type SlaPolicy,
  type SlaPolicyCreate,
  updateCalendar,
  updateSlaPolicy,
} from '@/lib/api';
import {
  getCalendarOptions,
  getSlaPolicyOptions,
  listAssigneesOptions,
  listCalendarsOptions,
  listSlaClocksOptions,
  listSlaPoliciesOptions,
  previewSlaOptions,
  reportSlaOptions,
} from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { invalidate } from '@/lib/query';

const must = { throwOnError: true } as const;

export function usePolicies() {
  return useQuery({
    ...listSlaPoliciesOptions(),
    // The progress of counting is shown while it lasts.
    refetchInterval: ({ state }) => (state.data?.run?.state === 'running' ? 1000 : false),
  });
}

export function usePolicy(id: number) {
  return useQuery({ ...getSlaPolicyOptions({ path: { id } }), enabled: id > 0 });
}

export function useCalendars() {
  return useQuery(listCalendarsOptions({ query: { page_size: 100 } }));
}

export function useCalendar(id: number) {
  return useQuery({ ...getCalendarOptions({ path: { id } }), enabled: id > 0 });
}

export function usePreview(ticketId: number) {
  return useQuery({
    ...previewSlaOptions({ query: { ticket_id: ticketId } }),
    enabled: ticketId > 0,
    staleTime: 0,
    retry: false,
  });
}

export function useStaff() {
  return useQuery(listAssigneesOptions());
}

export type ReportFilter = NonNullable<Parameters<typeof reportSlaOptions>[0]>['query'];
export type ClocksFilter = NonNullable<Parameters<typeof listSlaClocksOptions>[0]>['query'];

export function useReport(query: ReportFilter) {
  return useQuery({
    ...reportSlaOptions({ query }),
    // Rows of another kind have other keys: they are no stand-in for these.
    placeholderData: (before) => (before?.by === query?.by ? before : undefined),
  });
}

export function useClocks(query: ClocksFilter, enabled: boolean) {
  return useQuery({
    ...listSlaClocksOptions({ query }),
    placeholderData: keepPreviousData,
    enabled,
  });
}

function useChange<A, R>(change: (input: A) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    // Also when it was refused: the next try after a conflict is over the newest.
    onSettled: () =>
      invalidate(
        client,
        'listSlaPolicies',
        'getSlaPolicy',
        'previewSla',
        'listCalendars',
        'getCalendar',
      ),
  });
}

export function useSavePolicy() {
  return useChange(async ({ base, body }: { base?: SlaPolicy; body: SlaPolicyCreate }) =>
    base
      ? (await updateSlaPolicy({ path: { id: base.id }, body, headers: ifMatch(base), ...must }))
          .data
      : (await createSlaPolicy({ body, ...must })).data,
  );
}

export function useSwitchPolicy() {
  return useChange(
    async ({ base, enabled }: { base: SlaPolicy; enabled: boolean }) =>
      (
        await updateSlaPolicy({
          path: { id: base.id },
          body: { enabled },
          headers: ifMatch(base),
          ...must,
        })
      ).data,
  );
}

export function useDeletePolicy() {
  return useChange(async (base: SlaPolicy) => {
    await deleteSlaPolicy({ path: { id: base.id }, headers: ifMatch(base), ...must });
  });
}

export function useReorder() {
  return useChange(
    async (ids: number[]) => (await reorderSlaPolicies({ body: { ids }, ...must })).data,
  );
}

export function useRecalculate() {
  return useChange(
    async (scope: 'open' | 'all') => (await recalculateSla({ body: { scope }, ...must })).data,
  );
}

export function useSaveCalendar() {
  return useChange(async ({ base, body }: { base?: Calendar; body: CalendarCreate }) =>
    base
      ? (await updateCalendar({ path: { id: base.id }, body, headers: ifMatch(base), ...must }))
          .data
      : (await createCalendar({ body, ...must })).data,
  );
}

export function useDeleteCalendar() {
  return useChange(async (base: Calendar) => {
    await deleteCalendar({ path: { id: base.id }, headers: ifMatch(base), ...must });
  });
}

/** What a file holds; nothing is stored before the calendar is saved. */
export function useReadHolidays() {
  return useMutation({
    mutationFn: async ({ id, ics }: { id: number; ics: string }) =>
      (await importHolidays({ path: { id }, body: { ics, dry_run: true }, ...must })).data,
  });
}
