import { msg } from '@lingui/core/macro';
import type { Sort } from './search-params';

/** What the orders of a list are called. */
export const sortLabels = {
  '-created_at': msg`Newest first`,
  created_at: msg`Oldest first`,
  '-updated_at': msg`Last changed first`,
  updated_at: msg`Longest unchanged first`,
  '-priority': msg`Most pressing first`,
  priority: msg`Least pressing first`,
  status: msg`By status, open first`,
  '-status': msg`By status, closed first`,
  due_at: msg`Due first`,
  '-due_at': msg`Due last`,
} satisfies Record<Sort, unknown>;
