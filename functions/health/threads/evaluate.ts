import { parentPort } from 'node:worker_threads';
import { EVALUATIONS, type Answer, type Task } from '../monitors/evaluation.ts';

/** A thread that evaluates one task after another, and may be ended at any time. It says once that it is ready. */
const answerTo = ({ name, args }: Task): Answer => {
  try {
    return { value: (EVALUATIONS[name] as (...all: unknown[]) => unknown)(...args) };
  } catch (error) {
    return { error: (error as Error).message };
  }
};

parentPort?.on('message', (task: Task) => parentPort?.postMessage(answerTo(task)));
parentPort?.postMessage('ready');
