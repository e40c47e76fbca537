import Link from '@cloudscape-design/components/link';
import { usePeople } from '../people/people.ts';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';

/** What a sentence of the backend has as an id or in UTC. */
const PARTS = /(usr_[0-9a-z]{20,}|the incident inc_[0-9a-z]{20,}, “.*”(?=\.$)|\d{4}-\d\d-\d\dT[\d:.]+Z)/;

interface SentenceProps {
  readonly text: string;
  /** The names of other things by their ids, such as a policy. */
  readonly names: ReadonlyMap<string, string>;
}

/** A sentence of a receipt as people read it: with names for ids, links to incidents, and times by the clock of the reader. */
export const Sentence = ({ text, names }: SentenceProps) => {
  const go = useGo();
  const people = new Map(usePeople().map(({ id, displayName }) => [id, displayName]));
  const named = text.replace(/\b(policy) ([\w.-]*[\w-])/g, (whole, kind: string, id: string) =>
    names.has(id) ? `${kind} “${names.get(id) ?? id}”` : whole,
  );
  return (
    <span className="wrap">
      {named.split(PARTS).map((part, place) => {
        // A sentence does not change its parts; the place is what each is.
        const key = `${part} ${place + 1}`;
        if (part.startsWith('usr_')) return <b key={key}>{people.get(part) ?? part}</b>;
        if (/^\d{4}-\d\d-\d\dT/.test(part)) return <Instant key={key} at={part} />;
        const [, incident, title = ''] = /^the incident (inc_\w+), “(.*)”$/.exec(part) ?? [];
        if (incident === undefined) return part;
        return (
          <span key={key}>
            the incident{' '}
            <Link href={`/incidents/${incident}`} onFollow={go}>
              {title}
            </Link>
          </span>
        );
      })}
    </span>
  );
};
