import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMON, parsed, wrongUse, type Command } from '../command.ts';
import { carryOut } from '../configuration/carry-out.ts';
import { Contract } from '../configuration/contract.ts';
import { printed, type Configuration } from '../configuration/document.ts';
import { planOf, titleOf } from '../configuration/plan.ts';
import { readState, type State } from '../configuration/state.ts';
import { EXIT, type Console } from '../console.ts';
import { compare, hourly, type Comparison } from '../import/compare.ts';
import { readExport, type Export } from '../import/export-file.ts';
import { collect } from '../import/old-api.ts';
import { VENDORS, type Finding, type Vendor } from '../import/old-system.ts';
import type { Zones } from '../import/zones.ts';
import { readOld } from '../import/readers.ts';
import { readRecord, recorded, undoOf, writeRecord, type ImportRecord } from '../import/record.ts';
import { translate, type Translation } from '../import/translate.ts';
import { connect } from '../session.ts';
import { plain, printTable, type Colour } from '../table.ts';
import { isAgreed, outcomeAsJson, planAsJson, printOutcome, printPlan, progressOf } from './apply.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const COLOURS: Readonly<Record<Finding['verdict'], Colour>> = { maps: 'green', changes: 'yellow', lost: 'red' };
const WORDS: Readonly<Record<Finding['verdict'], string>> = { maps: 'maps', changes: 'changes meaning', lost: 'lost' };

/** A line each: what maps, what means something else afterwards, and what is lost. */
const printFindings = (io: Console, findings: readonly Finding[]): void => {
  const order = ['lost', 'changes', 'maps'];
  const sorted = [...findings].sort((one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict));
  printTable(
    io,
    ['KIND', 'NAME', 'BECOMES', 'WHY'],
    sorted.map(({ kind, name, verdict, reason }) => [
      kind,
      name,
      { text: WORDS[verdict], colour: COLOURS[verdict] },
      reason,
    ]),
  );
  const count = (verdict: Finding['verdict']): number => findings.filter((each) => each.verdict === verdict).length;
  io.out(`${count('maps')} map, ${count('changes')} change their meaning, ${count('lost')} are lost.`);
};

const minute = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}Z`;
const people = (names: readonly string[]): string => names.join(', ') || 'nobody';

const printComparison = (io: Console, all: readonly Comparison[], days: number): void => {
  printTable(
    io,
    ['SCHEDULE', 'IS NOW', 'HOURS', 'DIFFER', 'THE OLD SIDE IS'],
    all.map(({ schedule, became, hours, hoursThatDiffer, isTold }) => [
      schedule,
      became.join(', ') || '-',
      String(hours),
      { text: String(hoursThatDiffer), colour: hoursThatDiffer === 0 ? ('green' as const) : ('red' as const) },
      isTold ? 'as the old system says' : 'computed from its rotations',
    ]),
  );
  for (const { schedule, differences } of all) {
    for (const { from, to, before, after, why } of differences) {
      io.out(
        `${plain(schedule)}  ${minute(from)} – ${minute(to)}  old: ${plain(people(before))}  new: ${plain(people(after))}`,
      );
      io.out(`    ${why}`);
    }
  }
  const differing = all.reduce((sum, each) => sum + each.hoursThatDiffer, 0);
  const over = days === 1 ? 'day' : `${days} days`;
  io.out(differing === 0 ? `The next ${over}: no difference.` : `The next ${over}: ${differing} hours differ.`);
};

const options = {
  ...COMMON,
  from: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  save: { type: 'string' },
  record: { type: 'string' },
  zone: { type: 'string', multiple: true, default: [] as string[] },
  days: { type: 'string', default: '30' },
  hours: { type: 'boolean', default: false },
  document: { type: 'boolean', default: false },
} as const;

const vendorIn = (word: string | undefined): Vendor => {
  const vendor = VENDORS.find((each) => each === word);
  if (!vendor) throw wrongUse(`Name the old system: ${VENDORS.join(', ')}.`, importFrom);
  return vendor;
};

const zonesIn = (given: readonly string[]): Zones =>
  Object.fromEntries(
    given.map((each) => {
      const [name, zone] = [each.slice(0, each.lastIndexOf('=')), each.slice(each.lastIndexOf('=') + 1)];
      if (!name || !zone) throw wrongUse("--zone takes 'the old name=Region/City'.", importFrom);
      return [name, zone];
    }),
  );

const exportFrom = async (
  io: Console,
  vendor: Vendor,
  from: string | undefined,
  save: string | undefined,
): Promise<Export> => {
  if (from === undefined)
    throw wrongUse('--from takes a file or directory of an export, or the address of the API.', importFrom);
  const found = /^https?:\/\//.test(from) ? await collect(io, vendor, from) : readExport(from);
  if (save !== undefined) {
    mkdirSync(save, { recursive: true });
    for (const [kind, value] of Object.entries(found))
      writeFileSync(join(save, `${kind}.json`), `${JSON.stringify(value, null, 2)}\n`);
    io.err(`The export is in ${save}.`);
  }
  return found;
};

/** People who are there already stay as they are: an import gives and takes no rights of theirs. */
const withPeopleAsTheyAre = ({ lists, singles }: Configuration, state: State): Configuration => ({
  lists: new Map(
    [...lists].map(([section, items]) => [
      section,
      section === 'users'
        ? items.map(
            (item) =>
              state.entries.find(({ kind, key }) => kind.section === 'users' && key === item['username'])?.item ?? item,
          )
        : items,
    ]),
  ),
  singles,
});

const compared = async (
  api: ReturnType<typeof connect>,
  state: State,
  translation: Translation,
  now: Date,
  days: number,
): Promise<Comparison[]> => {
  const from = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS;
  const idsOf = (section: string): [string, string][] =>
    state.entries.flatMap(({ kind, key, id }): [string, string][] => (kind.section === section ? [[key, id]] : []));
  const usernames = new Map(idsOf('users').map(([key, id]) => [id, key]));
  return compare(api, translation, new Map(idsOf('schedules')), usernames, { from, to: from + days * DAY_MS });
};

const comparisonAsJson = ({ spans, ...rest }: Comparison, now: Date, days: number, isHourly: boolean) => {
  const from = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS;
  const told = ({ from: start, to, ...each }: { readonly from: number; readonly to: number }) => ({
    ...each,
    from: new Date(start).toISOString(),
    to: new Date(to).toISOString(),
  });
  return {
    ...rest,
    differences: rest.differences.map(told),
    ...(isHourly && { hourly: hourly({ spans }, from, from + days * DAY_MS).map(told) }),
  };
};

const undo = async (
  io: Console,
  values: {
    readonly record?: string;
    readonly url?: string;
    readonly yes: boolean;
    readonly json: boolean;
    readonly 'dry-run': boolean;
  },
  vendor: string | undefined,
): Promise<number> => {
  const file = values.record ?? `tocsin-import-${vendorIn(vendor)}.json`;
  const record = readRecord(file);
  if (!record) throw wrongUse(`There is no record ${file} of an import.`, importFrom);
  const api = connect(io, { url: values.url ?? record.url });
  const state = await readState(api, await Contract.of(api));
  const { plan, stays } = undoOf(record, state);
  if (!values.json) {
    for (const change of plan.changes) io.out(`${change.action === 'delete' ? '-' : '~'} ${plain(titleOf(change))}`);
    for (const title of stays) io.out(`  ${plain(title)}  was changed since the import, and stays as it is`);
  }
  if (values['dry-run']) {
    if (values.json) io.out(JSON.stringify({ ...planAsJson(plan), stays }, null, 2));
    return EXIT.done;
  }
  if (!(await isAgreed(io, `Take back ${plan.changes.length} changes of the import?`, values.yes))) {
    io.err('Nothing was changed.');
    return EXIT.failed;
  }
  const outcome = await carryOut(api, state, plan, progressOf(io));
  const taken = new Set(outcome.done.map(({ section, id }) => `${section} ${id}`));
  const left = record.done.filter(
    ({ section, id }) => !taken.has(`${section} ${id}`) && stays.length + outcome.failed.length > 0,
  );
  writeRecord(file, { ...record, done: left });
  if (values.json) io.out(JSON.stringify({ ...outcomeAsJson(outcome), stays }, null, 2));
  else printOutcome(io, outcome);
  return outcome.failed.length > 0 ? EXIT.failed : EXIT.done;
};

export const importFrom: Command = {
  usage: `import ${VENDORS.join('|')} --from <export or API> [--dry-run] [--yes] | import compare <system> --from … | import undo <system>`,
  about: 'Take over users, teams, schedules, policies, services, routing and more from another system',
  help: [
    '--from is a file or directory of JSON, or the address of the API, whose key is in OPSGENIE_API_KEY, PAGERDUTY_TOKEN,',
    'ONCALL_API_TOKEN or GOALERT_TOKEN. docs/moving-in.md has the form of exports.',
    '',
    '  --dry-run            say of each thing whether it maps, changes its meaning or is lost, and show the plan',
    '  --document           print the translation as a document, which apply takes, and do nothing',
    '  --save <directory>   keep what was read from the API',
    "  --zone 'old=new'     read the zone `old` as `new`; may be given again",
    '  --record <file>      where it is written down what was made, tocsin-import-<system>.json if not given',
    '  --yes                do not ask',
    '',
    '`import compare` says who is on call in the old and in the new system in the next 30 days (--days), where they differ and',
    'why; --hours lists each hour. `import undo` takes back what the import made, except what people have changed since.',
  ].join('\n'),
  run: async (io, argv) => {
    const { values, positionals } = parsed(argv, options, importFrom);
    const [first, second] = positionals;
    if (first === 'undo') return undo(io, values, second);
    const isComparing = first === 'compare';
    const vendor = vendorIn(isComparing ? second : first);
    const days = Number(values.days);
    if (!Number.isInteger(days) || days < 1 || days > 92)
      throw wrongUse('--days takes a whole number from 1 to 92.', importFrom);
    const now = io.now();
    const zones = zonesIn(values.zone);
    const translation = translate(readOld(vendor, await exportFrom(io, vendor, values.from, values.save), zones), {
      now,
      zones,
    });
    if (values.document) {
      io.out(printed(translation.configuration, [`Translated from ${vendor}.`]));
      return EXIT.done;
    }
    const api = connect(io, values);
    const contract = await Contract.of(api);
    const state = await readState(api, contract);
    if (isComparing) {
      const all = await compared(api, state, translation, now, days);
      if (values.json)
        io.out(
          JSON.stringify(
            all.map((each) => comparisonAsJson(each, now, days, values.hours)),
            null,
            2,
          ),
        );
      else printComparison(io, all, days);
      if (values.hours && !values.json) printHours(io, all, now, days);
      return all.every(({ hoursThatDiffer }) => hoursThatDiffer === 0) ? EXIT.done : EXIT.failed;
    }
    const plan = planOf(withPeopleAsTheyAre(translation.configuration, state), state, { prune: false, now });
    if (!values.json) {
      printFindings(io, translation.findings);
      io.out('');
      printPlan(io, { ...plan, kept: [] });
    }
    if (values['dry-run']) {
      if (values.json) io.out(JSON.stringify({ findings: translation.findings, plan: planAsJson(plan) }, null, 2));
      return EXIT.done;
    }
    const file = values.record ?? `tocsin-import-${vendor}.json`;
    if (plan.changes.length > 0) {
      if (!(await isAgreed(io, 'Import?', values.yes))) {
        io.err('Nothing was changed.');
        return EXIT.failed;
      }
      let record: ImportRecord = readRecord(file) ?? { vendor, url: api.url, done: [] };
      const outcome = await carryOut(api, state, plan, progressOf(io), (done) => {
        record = recorded(record, done);
        writeRecord(file, record);
      });
      if (values.json) io.out(JSON.stringify({ findings: translation.findings, ...outcomeAsJson(outcome) }, null, 2));
      else printOutcome(io, outcome);
      io.err(`What was made is in ${file}: \`npx tocsin import undo ${vendor}\` takes it back.`);
      if (outcome.failed.length > 0) return EXIT.failed;
    }
    if (values.json) return EXIT.done;
    io.out('');
    printComparison(io, await compared(api, await readState(api, contract), translation, now, days), days);
    return EXIT.done;
  },
};

const printHours = (io: Console, all: readonly Comparison[], now: Date, days: number): void => {
  const from = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS;
  printTable(
    io,
    ['SCHEDULE', 'HOUR', 'OLD', 'NEW', ''],
    all.flatMap((each) =>
      hourly(each, from, from + days * DAY_MS).map((hour) => [
        each.schedule,
        minute(hour.from),
        people(hour.before),
        people(hour.after),
        people(hour.before) === people(hour.after) ? '' : 'differs',
      ]),
    ),
  );
};
