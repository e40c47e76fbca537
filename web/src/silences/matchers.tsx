import { operatorOf, type Matcher } from './silence.ts';

/** Matchers in a line each, as a person reads them. */
export const Matchers = ({ matchers }: { readonly matchers: readonly Matcher[] }) => (
  <ul className="matchers">
    {matchers.map((matcher) => (
      <li key={`${matcher.name} ${operatorOf(matcher)} ${matcher.value}`} className="wrap clamp">
        <b>{matcher.name}</b> {operatorOf(matcher)} {matcher.value === '' ? <i>empty</i> : matcher.value}
      </li>
    ))}
  </ul>
);
