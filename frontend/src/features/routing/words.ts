import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { RoutingQueue, RoutingVerdict } from '@/lib/api';

/** How a queue chooses. */
export const strategyWords: Record<RoutingQueue['strategy'], MessageDescriptor> = {
  round_robin: msg`Round robin: whose last turn is the longest ago`,
  least_loaded: msg`Least loaded: who has the fewest open tickets`,
  skill: msg`By skill: who has every skill that the ticket takes, the least loaded first`,
};

/** What became of a member of the team. */
export const reasonWords: Record<RoutingVerdict['reason'], MessageDescriptor> = {
  sticky: msg`had the last ticket of this requester`,
  turn: msg`it was their turn`,
  fewest_open: msg`has the fewest open tickets`,
  skilled: msg`has the skills, and the fewest open tickets`,
  inactive: msg`cannot be assigned tickets`,
  away: msg`is away`,
  off_hours: msg`is not at work at this time`,
  full: msg`has as many open tickets as they may`,
  gave_back: msg`had this ticket and gave it back`,
  lacks_skill: msg`lacks a skill`,
  not_last: msg`free, but another one had the last ticket of this requester`,
  later_turn: msg`free, but it was another one's turn`,
  more_open: msg`free, but another one has fewer open tickets`,
};
