import * as z from 'zod/mini';
import { isWithin } from '../../../shared/calendar/hours.ts';
import { Severity, Urgency } from '../vocabulary.ts';
import { Noise, noiseSaid } from './noise.ts';
import { Said, type Condition, type RoutingRule } from './rule.ts';
import { urgencyOf } from './urgency.ts';
import { own } from '../../../shared/kernel/own.ts';

const text = (most: number) => z.string().check(z.maxLength(most));
const texts = z
  .record(text(128), text(16_000))
  .check(z.refine((all) => Object.keys(all).length <= 64, 'at most 64 of them'));

/** What is known of an event when it is decided which way it goes. */
export const RoutedEvent = z
  .strictObject({
    title: z._default(text(1_024), ''),
    description: z._default(text(15_000), ''),
    severity: Severity,
    source: z._default(text(128), 'manual'),
    service: z._default(z.nullable(text(128)), null),
    team: z._default(z.nullable(text(128)), null),
    dedupKey: z._default(text(512), ''),
    labels: z._default(texts, {}),
    annotations: z._default(texts, {}),
  })
  .register(z.globalRegistry, { id: 'RoutedEvent' });

/** An event as it is routed; labels of whatever names. */
export interface Routable {
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly source: string;
  readonly service: string | null;
  readonly team: string | null;
  readonly dedupKey: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Which way an event goes. */
export const Decision = z
  .object({
    service: z.nullable(z.string()),
    severity: Severity,
    urgency: Urgency,
    policyId: z.string(),
    policyFrom: z.enum(['rule', 'service', 'catch_all']),
    /** It is kept, and nobody is paged for it. */
    suppressed: z.boolean(),
    /** The part of this that the rules set. */
    said: Said,
    /** When people are paged for it, where rules say so. */
    noise: z.optional(Noise),
    /** No rule decided on it. */
    unmatched: z.boolean(),
    /** The names of the rules that matched, in their order. */
    rules: z.readonly(z.array(z.string())),
  })
  .register(z.globalRegistry, { id: 'RoutingDecision' });
export type Decision = z.infer<typeof Decision>;

/** What one rule made of an event, and why. */
export const Trace = z
  .object({
    rule: z.string(),
    outcome: z.enum(['matched', 'matched_and_continued', 'skipped', 'not_reached']),
    because: z.string(),
  })
  .register(z.globalRegistry, { id: 'RoutingTrace' });
export type Trace = z.infer<typeof Trace>;

const fieldOf = (event: Routable, field: string): string | null => {
  const [, map, name] = /^(labels|annotations)\.(.*)$/s.exec(field) ?? [];
  if (name === undefined) return event[field as Exclude<keyof Routable, 'labels' | 'annotations'>];
  const texts = event[map as 'labels' | 'annotations'];
  return own(texts, name) ?? null;
};

/** True where the text is as the pattern says, `*` standing for any text; in time linear in each, for any pattern. */
export const isLike = (text: string, pattern: string): boolean => {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const lower = text.toLowerCase();
  const last = rest.pop();
  if (last === undefined) return lower === first;
  if (!lower.startsWith(first) || lower.length < first.length + last.length || !lower.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = lower.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= lower.length - last.length;
};

const holds = ({ test, values }: Condition, value: string | null): boolean => {
  if (value === null) return false;
  if (test === 'exists') return true;
  return values.some((wanted) => (test === 'is' ? value === wanted : isLike(value, wanted)));
};

/** Why a rule does not hold for an event; undefined where it does. */
const refusal = (rule: RoutingRule, event: Routable, at: Date): string | undefined => {
  if (!rule.enabled) return 'it is switched off';
  for (const [i, condition] of rule.conditions.entries()) {
    const value = fieldOf(event, condition.field);
    if (holds(condition, value) === condition.not) {
      const wanted = condition.test === 'exists' ? 'exists' : `${condition.test} ${condition.values.join(' or ')}`;
      const found = value === null ? 'is missing' : `is ${JSON.stringify(value.slice(0, 100))}`;
      return `condition ${i + 1}: ${condition.field} ${found}, wanted: ${condition.not ? 'not ' : ''}${wanted}`;
    }
  }
  if (rule.hours === null || isWithin(rule.hours, at)) return undefined;
  return `its hours are over or to come, in ${rule.hours.timeZone}`;
};

/** What the rules make of an event. */
export interface Routed {
  readonly said: Said;
  readonly noise?: Noise;
  readonly suppressed: boolean;
  readonly unmatched: boolean;
  readonly trace: readonly Trace[];
}

/** What rules make of an event, one after the other; each sees the event as those before it left it. */
export const route = (event: Routable, rules: readonly RoutingRule[], at: Date): Routed => {
  let seen = event;
  let said: RoutingRule['set'] = {};
  let noise: RoutingRule['noise'];
  let [suppressed, unmatched, isOver] = [false, true, false];
  const trace = rules.map((rule): Trace => {
    if (isOver) return { rule: rule.name, outcome: 'not_reached', because: 'an earlier rule decided' };
    const because = refusal(rule, seen, at);
    if (because !== undefined) return { rule: rule.name, outcome: 'skipped', because };
    unmatched = false;
    said = { ...said, ...rule.set };
    if (rule.noise) noise = { ...noise, ...rule.noise };
    suppressed = rule.suppress || suppressed;
    isOver = !rule.continue;
    seen = { ...seen, service: said.service ?? seen.service, severity: said.severity ?? seen.severity };
    const outcome = rule.continue ? 'matched_and_continued' : 'matched';
    return { rule: rule.name, outcome, because: saidOf(rule) };
  });
  return { said, ...(noise && { noise }), suppressed, unmatched, trace };
};

const saidOf = ({ conditions, set, noise = {}, suppress }: RoutingRule): string => {
  const says = [
    ...Object.entries(set).map(([name, value]) => `${name} ${value}`),
    ...noiseSaid(noise),
    ...(suppress ? ['suppressed'] : []),
  ];
  return `${conditions.length === 0 ? 'it holds for all' : 'all its conditions hold'}; it sets ${says.join(', ') || 'nothing'}`;
};

/** Which way an event goes: by the policy that a rule names, else its service, else the catch-all. */
export const decided = (
  event: Routable,
  { said, noise, suppressed, unmatched, trace }: Routed,
  ofService: string | null,
  ofCatchAll: string,
): Decision => {
  const severity = said.severity ?? event.severity;
  return {
    service: said.service ?? event.service,
    severity,
    urgency: said.urgency ?? urgencyOf(severity),
    policyId: said.policyId ?? ofService ?? ofCatchAll,
    policyFrom: said.policyId !== undefined ? 'rule' : ofService !== null ? 'service' : 'catch_all',
    suppressed,
    ...(noise && { noise }),
    unmatched,
    said,
    rules: trace.filter(({ outcome }) => outcome.startsWith('matched')).map(({ rule }) => rule),
  };
};
