import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { TicketLink, TicketLinkCreate } from '@/lib/api';

export type LinkKind = TicketLinkCreate['kind'];

/** What a ticket is to the one that is chosen next. */
export const linkChoices: Record<LinkKind, MessageDescriptor> = {
  child_of: msg`Is a part of…`,
  parent_of: msg`Has as a part…`,
  duplicate_of: msg`Is a duplicate of…`,
  has_duplicate: msg`Has as a duplicate…`,
  caused_by: msg`Is caused by…`,
  causes: msg`Causes…`,
  related_to: msg`Belongs together with…`,
};

/** The heading above the tickets of a kind. */
export const linkHeadings: Record<TicketLink['kind'], MessageDescriptor> = {
  child_of: msg`Part of`,
  parent_of: msg`Parts`,
  duplicate_of: msg`Duplicate of`,
  has_duplicate: msg`Duplicates`,
  caused_by: msg`Caused by`,
  causes: msg`Causes`,
  related_to: msg`Related`,
  merged_in: msg`Merged into this one`,
};

export const linkKinds = Object.keys(linkChoices) as LinkKind[];
