import { reportTrouble } from '../../../shared/aws/observe.ts';
import type { Findings } from './inspect.ts';

/** Has the alarms of the stage ring for what an inspection found. */
export const reportFindings = ({ deadLetters, late, faults, silent }: Omit<Findings, 'unread'>): void => {
  const letters = deadLetters.reduce((total, each) => total + each.letters, 0);
  reportTrouble('deadLetters', letters, { queues: deadLetters });
  reportTrouble('late', Math.max(0, ...late.map(({ seconds }) => seconds)), { queues: late });
  const failed = faults.reduce((total, each) => total + each.failed + each.throttled, 0);
  reportTrouble('functionFaults', failed + silent.length, { functions: faults, silent });
};
