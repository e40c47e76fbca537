import { readFileSync, writeFileSync } from 'node:fs';
import { released } from './changelog.ts';
import { systemClock } from '../../shared/kernel/clock.ts';

// Run by `npm version`, between the new version in package.json and its commit.
const version = process.env['npm_package_version'];
if (version === undefined) throw new Error('Run npm version patch, minor or major');
const file = new URL('../../CHANGELOG.md', import.meta.url);
writeFileSync(file, released(readFileSync(file, 'utf8'), version, systemClock.now().toISOString().slice(0, 10)));
