import type { Clock } from '../../../shared/kernel/clock.ts';
import { invalid } from '../../../shared/kernel/errors.ts';
import { compiledOnce, isSameMatcher, type Labels, type Matcher } from '../silences/matcher.ts';
import { matcherIn } from '../silences/matcher-text.ts';

/** The time that a filter may take in all, however many alerts it is applied to. */
const MAX_MS = 3_000;

/**
 * Whether labels satisfy the `filter` of a query: matchers as amtool writes them. A silence also satisfies a matcher that is one
 * of its own. Throws `filter.invalid` for a text that is not a matcher, and where the filter took longer than three seconds.
 */
export const filterIn = (
  filter: string | readonly string[] | undefined,
  clock: Clock,
): ((labels: Labels, own?: readonly Matcher[]) => boolean) => {
  const wanted = [filter ?? []].flat().map((text) => {
    const read = matcherIn(text);
    if ('problem' in read) throw invalid('filter.invalid', read.problem.slice(0, 500));
    return { matcher: read.matcher, isSatisfied: compiledOnce(read.matcher) };
  });
  let leftMs = MAX_MS;
  return (labels, own = []) => {
    if (leftMs <= 0) throw invalid('filter.invalid', 'the filter takes too long: use a simpler regular expression');
    const begun = clock.now().getTime();
    const answer = wanted.every(
      ({ matcher, isSatisfied }) => own.some((each) => isSameMatcher(each, matcher)) || isSatisfied(labels),
    );
    leftMs -= clock.now().getTime() - begun;
    return answer;
  };
};
