import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useHues } from '../people/hues.ts';
import { useNames } from '../people/people.ts';
import { type Rendered } from './schedule.ts';

const hours = (value: number): string => `${Math.round(value)} h`;

/** How evenly the hours of the span are shared. */
export const Load = ({ rendered: { load, fairness } }: { readonly rendered: Rendered }) => {
  const nameOf = useNames();
  const hueOf = useHues();
  const most = Math.max(1, ...load.map((each) => each.hours));
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Of the days shown. 100 % means that everybody has the same hours."
          // Hours of one person are shared with nobody.
          {...(fairness !== null && load.length > 1 && { counter: `${Math.round(fairness * 100)} % fair` })}
        >
          Load
        </Header>
      }
    >
      {load.length === 0 ? (
        <Box color="text-body-secondary">Nobody is on call in these days.</Box>
      ) : (
        <ul className="lines">
          {load.map((each) => (
            <li key={each.userId} className={hueOf(each.userId)}>
              <div className="line">
                <b className="wrap">{nameOf(each.userId)}</b>
                <span>{hours(each.hours)}</span>
              </div>
              <div className="bar" style={{ inlineSize: `${(each.hours / most) * 100}%` }} />
              <Box variant="small">
                {each.shifts} {each.shifts === 1 ? 'shift' : 'shifts'}, {hours(each.nightHours)} at night,{' '}
                {hours(each.weekendHours)} at weekends
              </Box>
            </li>
          ))}
        </ul>
      )}
    </Container>
  );
};
