export { TourHost, TourInvitation } from './tour-host';
