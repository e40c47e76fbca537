import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { released } from '../../../operate/release/changelog.ts';
import { repository } from '../../support/tools/paths.ts';

const BEFORE = '# Changelog\n\n## Unreleased\n\n### Added\n\n- A pager.\n\n## 0.1.0 (2026-11-01)\n\n- A start.\n';

describe('a release', () => {
  test('dates what is unreleased, and begins a new list', () => {
    expect(released(BEFORE, '0.2.0', '2026-11-30')).toBe(
      '# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-11-30)\n\n### Added\n\n- A pager.\n\n## 0.1.0 (2026-11-01)\n\n- A start.\n',
    );
  });

  test('is refused without a change, and for a version that is there', () => {
    const after = released(BEFORE, '0.2.0', '2026-11-30');
    expect(() => released(after, '0.3.0', '2026-12-01')).toThrow('notes no change');
    expect(() => released(BEFORE, '0.1.0', '2026-12-01')).toThrow('has 0.1.0 already');
    expect(() => released('# Changelog\n', '0.1.0', '2026-12-01')).toThrow('must have one heading');
  });

  test('can be made of the changelog of this repository', () => {
    const changelog = readFileSync(join(repository, 'CHANGELOG.md'), 'utf8');
    expect(released(changelog, '99.0.0', '2026-11-30')).toContain('## 99.0.0 (2026-11-30)\n\n###');
  });
});
