import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { Role } from './search-params';

export const roles: Record<Role, MessageDescriptor> = {
  employee: msg`Employee`,
  it_staff: msg`IT staff`,
  admin: msg`Administrator`,
};
