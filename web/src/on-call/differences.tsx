import Box from '@cloudscape-design/components/box';
import type { Schemas } from '../api/client.ts';
import { useNames } from '../people/people.ts';
import { spanText } from './schedule.ts';

const SHOWN = 12;

/** What a change would do: who is on call before it, and who after it. */
export const Differences = ({ changes }: { readonly changes: readonly Schemas['ScheduleDifference'][] }) => {
  const nameOf = useNames();
  const names = (ids: readonly string[]) => (ids.length === 0 ? 'nobody' : ids.map(nameOf).join(', '));
  if (changes.length === 0) {
    return <Box color="text-body-secondary">Nothing changes within the next two weeks.</Box>;
  }
  return (
    <>
      <ul className="lines">
        {changes.slice(0, SHOWN).map(({ from, to, before, after }) => (
          <li key={from} className="wrap">
            <Box variant="small">{spanText(from, to)}</Box>
            <div>
              <s>{names(before)}</s> → <b className={after.length === 0 ? 'nobody' : ''}>{names(after)}</b>
            </div>
          </li>
        ))}
      </ul>
      {changes.length > SHOWN && <Box variant="small">And {changes.length - SHOWN} more.</Box>}
    </>
  );
};
