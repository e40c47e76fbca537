import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { COMMON, parsed, wrongUse, type Command } from '../command.ts';
import { carryOut, type Done, type Outcome } from '../configuration/carry-out.ts';
import { Contract } from '../configuration/contract.ts';
import { readConfiguration } from '../configuration/document.ts';
import { countsOf, planOf, titleOf, type Change, type Plan } from '../configuration/plan.ts';
import { readState } from '../configuration/state.ts';
import { CommandError, EXIT, type Console } from '../console.ts';
import { connect } from '../session.ts';
import { coloured, plain, type Colour } from '../table.ts';

const SIGNS: Readonly<Record<Change['action'], readonly [sign: string, colour: Colour]>> = {
  create: ['+', 'green'],
  change: ['~', 'yellow'],
  set: ['~', 'yellow'],
  delete: ['-', 'red'],
};

const lineOf = (io: Console, change: Change): string => {
  const [sign, colour] = SIGNS[change.action];
  return coloured(io, `${sign} ${plain(titleOf(change))}`, colour);
};

/** Prints what a plan does: a line for each change, with the fields that differ below it. */
export const printPlan = (io: Console, plan: Plan): void => {
  for (const change of plan.changes) {
    io.out(lineOf(io, change));
    for (const line of change.lines) io.out(`    ${plain(line)}`);
  }
  for (const title of plan.kept) io.out(coloured(io, `  ${plain(title)}  is not in the document, and stays`, 'grey'));
  const { create, change, delete: deleted } = countsOf(plan);
  io.out(`${create} to create, ${change} to change, ${deleted} to delete; ${plan.unchanged} as they should be.`);
};

export const planAsJson = (plan: Plan) => ({
  ...countsOf(plan),
  unchanged: plan.unchanged,
  kept: plan.kept,
  changes: plan.changes.map((change) => ({ action: change.action, what: titleOf(change), lines: change.lines })),
});

/** Whether a person agrees. Without a person `--yes` has to. */
export const isAgreed = async (io: Console, question: string, yes: boolean): Promise<boolean> => {
  if (yes) return true;
  const answer = await io.ask(`${question} [y/N] `);
  if (answer === undefined) {
    throw new CommandError('Nobody can be asked here.', {
      code: EXIT.usage,
      todo: 'Add --yes, or --dry-run to see the plan only.',
    });
  }
  return /^y(?:es)?$/i.test(answer.trim());
};

/** What was done, what was not, and what is shown once. */
export const printOutcome = (io: Console, { done, failed }: Outcome): void => {
  const secrets = done.filter(({ secret }) => secret !== undefined);
  if (secrets.length > 0) {
    io.out('Shown once, and stored nowhere in clear:');
    for (const { section, key, secret } of secrets) io.out(`  ${section} ${plain(key)}: ${secret ?? ''}`);
  }
  for (const { title, reason } of failed) io.err(coloured(io, `✘ ${plain(title)}: ${plain(reason)}`, 'red'));
  io.out(`${done.length} done, ${failed.length} failed.`);
  if (failed.length > 0) io.err('  → Mend what is said above and run it again: it goes on with what is missing.');
};

export const progressOf = (io: Console) => (done: number, of: number, change: Change) =>
  io.err(`[${done}/${of}] ${SIGNS[change.action][0]} ${plain(titleOf(change))}`);

export const outcomeAsJson = ({ done, failed }: Outcome) => ({
  done: done.map(({ before: _, ...each }: Done) => each),
  failed,
});

export const apply: Command = {
  usage: 'apply <file> [--dry-run] [--yes] [--prune] [--json]',
  about: 'Make the configuration what a document says, after a plan',
  help:
    'The file is YAML as `export` prints it, or - for the input. It may hold some sections only; what it does not name stays as it is.\n' +
    '--dry-run shows the plan; --yes does not ask; --prune deletes, in the sections that the document has, what it does not name. Users\n' +
    'are never deleted. A run that failed in the middle is run again: it does what is missing.',
  run: async (io, argv) => {
    const options = {
      ...COMMON,
      'dry-run': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      prune: { type: 'boolean', default: false },
    } as const;
    const { values, positionals } = parsed(argv, options, apply);
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) throw wrongUse('Name one document.', apply);
    const configuration = readConfiguration(await contentOf(file), file);
    const api = connect(io, values);
    const state = await readState(api, await Contract.of(api));
    const plan = planOf(configuration, state, { prune: values.prune, now: io.now() });
    const isDry = values['dry-run'];
    if (!values.json) printPlan(io, plan);
    else if (isDry) io.out(JSON.stringify(planAsJson(plan), null, 2));
    if (isDry) return EXIT.done;
    if (plan.changes.length === 0) {
      if (values.json) io.out(JSON.stringify(planAsJson(plan), null, 2));
      return EXIT.done;
    }
    if (!(await isAgreed(io, 'Apply?', values.yes))) {
      io.err('Nothing was changed.');
      return EXIT.failed;
    }
    const outcome = await carryOut(api, state, plan, progressOf(io));
    if (values.json) io.out(JSON.stringify(outcomeAsJson(outcome), null, 2));
    else printOutcome(io, outcome);
    return outcome.failed.length > 0 ? EXIT.failed : EXIT.done;
  },
};

const contentOf = async (file: string): Promise<string> => {
  try {
    return file === '-' ? await text(process.stdin) : readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      code: EXIT.usage,
      todo: 'Name the file of a document, or - for the input.',
    });
  }
};
