import { lazy } from 'react';

/** What the clocks of a ticket consist of; its code is loaded when it is shown. */
export const SlaClocks = lazy(() => import('./sla-why').then((m) => ({ default: m.SlaClocks })));
