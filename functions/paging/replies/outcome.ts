import { outcomeInWords as linkOutcomeInWords, type Outcome as LinkOutcome } from '../links/link.ts';

/** What a text message did, as a tap on a link does it, or why it did nothing. */
export type Outcome = LinkOutcome | { readonly code: 'unknown_code' | 'unreadable' };

/** The outcome in a sentence. */
export const outcomeInWords = (outcome: Outcome): string => {
  switch (outcome.code) {
    case 'unknown_code':
      return 'Nothing was done: no page to this phone has that code. Answer A or R with the four digits of a page.';
    case 'unreadable':
      return 'Nothing was done: this is no answer. Answer A or R with the four digits of the page, such as A 1234.';
    default:
      return linkOutcomeInWords(outcome);
  }
};
