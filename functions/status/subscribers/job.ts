import { sendMessage, sendMessages, type Queue } from '../../../shared/aws/send-message.ts';

/** Work for subscribers that a queue carries. */
export type Job =
  /** Somebody has asked for updates by e-mail. `source` is the hash of where from; a job of an earlier version has none. */
  | { readonly kind: 'subscribe'; readonly page: string; readonly to: string; readonly source?: string }
  /** An update was published: every subscriber gets a job of its own. `cursor` is where the list goes on. */
  | {
      readonly kind: 'announce';
      readonly page: string;
      readonly notice: string;
      readonly number: number;
      readonly cursor?: string;
    }
  /** The page was deleted: its subscribers are forgotten. */
  | { readonly kind: 'forget'; readonly page: string }
  /** One subscriber gets one update. */
  | {
      readonly kind: 'deliver';
      readonly page: string;
      readonly notice: string;
      readonly number: number;
      readonly subscriber: string;
    };

export interface Jobs {
  send(job: Job): Promise<void>;
  sendAll(jobs: readonly Job[]): Promise<void>;
}

export const jobsOf = (queue: Queue): Jobs => ({
  send: (job) => sendMessage(queue, job),
  sendAll: (jobs) => sendMessages(queue, jobs),
});
