import { useQuery } from '@tanstack/react-query';
import { getDashboardOptions } from '@/lib/api/@tanstack/react-query.gen';

export function useDashboard() {
  return useQuery(getDashboardOptions());
}
