import { writeFileSync } from 'node:fs';
import { COMMON, parsed, type Command } from '../command.ts';
import { Contract } from '../configuration/contract.ts';
import { configurationOf, printed } from '../configuration/document.ts';
import { readState } from '../configuration/state.ts';
import { EXIT } from '../console.ts';
import { connect } from '../session.ts';

export const exportConfiguration: Command = {
  usage: 'export [--out <file>] [--json]',
  about: 'Print the whole configuration as YAML, which apply takes',
  help:
    'Users, roles, teams, schedules with overrides, policies, services, routing, monitors, integrations, rules, status pages, dashboards,\n' +
    'shared views, silences and settings. Names stand for ids, so it can be applied to another installation. Keys and passwords, the\n' +
    'values of hidden headers, contacts and the notification rules of people are not in it.',
  run: async (io, argv) => {
    const { values } = parsed(argv, { ...COMMON, out: { type: 'string' } }, exportConfiguration);
    const api = connect(io, values);
    const state = await readState(api, await Contract.of(api));
    const configuration = configurationOf(state);
    for (const section of state.hidden) io.err(`Left out, because you may not read it: ${section}`);
    const { lists, singles } = configuration;
    const text = values.json
      ? JSON.stringify({ tocsin: 1, ...Object.fromEntries(lists), ...Object.fromEntries(singles) }, null, 2)
      : printed(configuration);
    if (values.out === undefined) io.out(text);
    else {
      writeFileSync(values.out, `${text}\n`);
      io.err(`Written to ${values.out}.`);
    }
    return state.hidden.length > 0 ? EXIT.failed : EXIT.done;
  },
};
