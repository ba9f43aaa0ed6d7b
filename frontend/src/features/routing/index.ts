export { WhyAgentDialog } from './why-agent';
