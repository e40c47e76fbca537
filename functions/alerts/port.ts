/*
 * What another context may ask of the alerts: to take an event in, how an alert is, which are not over and how many, what
 * silences keep quiet, to acknowledge or resolve one in somebody's name, and to take an acknowledgement back. Besides
 * `events.ts` this is the only file of this context that others import (docs/adr/0020-intake-port.md).
 */
export type { Actor, Alert, AlertEvent, LabelFormat, Severity } from './alert.ts';
export { isWorse } from './alert.ts';
export { wholeMessage } from './publish/whole-message.ts';
export { intake, type Accepted, type Intake, type IntakeDeps } from './intake/intake.ts';
export type { OpenAlert, OpenNow } from './verbs/open-now.ts';
export type { Silenced, SilencedNow } from './silences/silenced.ts';
export type { AlertResolver } from './verbs/resolve-for.ts';
export type { OpenAlerts } from './read-store.ts';
export {
  acknowledgementTaker,
  alertActor,
  alertCounter,
  alertReader,
  alertResolver,
  intakeDeps,
  openAlertReader,
  silenceReader,
} from './deps.ts';
