/*
 * What other contexts may ask of the on-call half: who is on call, who answers for a team, and by which policy an alert is
 * escalated. A function that asks is granted `GetItem` of the on-call table and, for schedules whose kept shifts have run
 * out, `Query`; nothing here writes.
 */
export type { OnDuty } from './rota/duty.ts';
export { dutyReader, routingReader, type DutyReader, type RoutingReader } from './deps.ts';
