import { useQuery } from '@tanstack/react-query';
import { getDashboardOptions } from '@/lib/api/@tanstack/react-query.gen';

/** The numbers of the desk; the rail and the dashboard share one answer. */
export function useDashboard(enabled = true) {
  return useQuery({ ...getDashboardOptions(), enabled });
}
