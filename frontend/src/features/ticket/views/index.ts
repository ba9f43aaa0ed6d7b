export { knownViews, useViewCounts, useViews, type View, type ViewCount } from './api';
export { askAboutViews } from './asked';
export { viewOf, viewSearch } from './links';
export { ViewDialogs } from './view-dialogs';
