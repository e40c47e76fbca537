/** The heading under which changes are noted until they are released. */
const UNRELEASED = '## Unreleased';

/** A changelog in which what was unreleased is of this version, from this day. Throws where nothing is noted, or the version is there already. */
export const released = (changelog: string, version: string, day: string): string => {
  const [before, rest, ...others] = changelog.split(`${UNRELEASED}\n`);
  if (before === undefined || rest === undefined || others.length > 0) {
    throw new Error(`CHANGELOG.md must have one heading "${UNRELEASED}"`);
  }
  if (rest.includes(`\n## ${version} `)) throw new Error(`CHANGELOG.md has ${version} already: choose another version`);
  const noted = rest.split('\n## ')[0] ?? '';
  if (!/^- /m.test(noted))
    throw new Error('CHANGELOG.md notes no change: say under "Unreleased" what this release brings');
  return `${before}${UNRELEASED}\n\n## ${version} (${day})\n${rest}`;
};
