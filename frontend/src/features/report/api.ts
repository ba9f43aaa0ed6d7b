import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { getDeskReportOptions } from '@/lib/api/@tanstack/react-query.gen';
import { download, saveFile } from '@/lib/download';

/** The report on some days; the one before stays until it is there. */
export function useDeskReport(days: { from: string; to: string }) {
  return useQuery({ ...getDeskReportOptions({ query: days }), placeholderData: keepPreviousData });
}

/** Saves a table of the report. */
export function useSaveTable(days: { from: string; to: string }) {
  return useMutation({
    mutationFn: async (table: string) => {
      const query = new URLSearchParams({ table, ...days });
      saveFile(await download(`/api/reports/desk/csv?${query}`));
    },
  });
}
