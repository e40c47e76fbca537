/*
 * What another context may do with the alerts: hand events in, read alerts and silences, count open alerts, act in somebody's name,
 * and take an acknowledgement back. Each capability bears its grant (`grants.ts`); a function opens those that its manifest
 * lists. Besides these and `events.ts`, others import nothing of this context (docs/adr/0020-intake-port.md).
 */
export type { Actor, Alert, AlertEvent, Editable, LabelFormat, Severity, Status, TimelineEntry } from './alert.ts';
export { instantOfAlertId, isWorse, LABEL_FORMATS } from './alert.ts';
export {
  eventIdIn,
  idOfBatch,
  idOfChange,
  idOfEvent,
  idOfOvertaken,
  idOfRecord,
  idOfSeen,
  idsInBatch,
  type EventId,
  type KnownEffect,
} from './event-id.ts';
export { notifier } from './publish/notifier.ts';
export { wholeMessage } from './publish/whole-message.ts';
export { revisionOf } from './revision.ts';
export type { Accepted, Intake, IntakeDeps } from './intake/intake.ts';
export type { AcceptedEvent, EventOutcome } from './verbs/event-outcome.ts';
export type { OpenAlert, OpenNow } from './verbs/open-now.ts';
export type { Silenced, SilencedNow } from './silences/silenced.ts';
export { MOST_WALKED, type Walk, type Walked } from './verbs/walk-alerts.ts';
export type { InhibitedNow } from './inhibition/inhibited-now.ts';
export type { AlertResolver } from './verbs/resolve-for.ts';
export type { OpenAlerts } from './read-store.ts';
export {
  acknowledgementTaker,
  alertActor,
  alertCounter,
  alertDesk,
  alertIntake,
  alertReader,
  alertResolver,
  alertSearcher,
  alertSearcherOver,
  type AlertSearcher,
  eventReader,
  inhibitionReader,
  eventReaderOver,
  type EventReader,
  openAlertReader,
  openedAlertReader,
  silenceReader,
  transitionPublisher,
  viewDesk,
  viewDeskOver,
} from './deps.ts';
