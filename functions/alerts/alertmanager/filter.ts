import { invalid } from '../../../shared/kernel/errors.ts';
import { refusedMatchers, type Matcher } from '../silences/silence.ts';

const FORM = /^\s*([A-Za-z_:][\w:.\-/]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|[^"]*?)\s*$/s;

/**
 * The matchers in the `filter` of a query, as amtool writes them: `alertname="DiskFull"`, `node=~"db.*"`. Throws
 * `filter.invalid` for what is no matcher.
 */
export const matchersIn = (filter: string | readonly string[] | undefined): readonly Matcher[] =>
  [filter ?? []].flat().map((text) => {
    const [, name = '', operator = '', quoted = ''] = FORM.exec(text) ?? [];
    if (!name) throw refused(text, 'is no matcher');
    const matcher = {
      name,
      value: unquoted(quoted),
      isRegex: operator.endsWith('~'),
      isEqual: !operator.startsWith('!'),
    };
    const why = refusedMatchers([matcher, { name, value: 'x', isRegex: false, isEqual: true }]);
    if (why) throw refused(text, why);
    return matcher;
  });

const refused = (text: string, why: string) => invalid('filter.invalid', `bad matcher ${text.slice(0, 200)}: ${why}`);

const unquoted = (text: string): string =>
  text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/gs, (_, char: string) => (char === 'n' ? '\n' : char)) : text;
