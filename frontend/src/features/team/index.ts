export { useTeams } from './api';
