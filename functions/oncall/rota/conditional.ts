import { reply, type ReplyWithMark } from '../../../shared/http/route.ts';

/** A text with what clients compare: its tag, and when it changed last, to the second. */
export interface Tagged {
  readonly text: string;
  readonly etag: string;
  readonly modifiedAt: Date;
}

/** Whether a client has the text already (RFC 9110, section 13): tags go before dates. */
const isKnown = ({ etag, modifiedAt }: Tagged, header: (name: string) => string | undefined): boolean => {
  const tags = header('if-none-match');
  if (tags !== undefined) {
    return tags.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
  }
  return Date.parse(header('if-modified-since') ?? '') >= modifiedAt.getTime();
};

/** Answers GET and HEAD, by 304 without the text if the client has it. So a calendar that asks each hour costs little. */
export const conditionally = (
  tagged: Tagged,
  {
    contentType,
    isHead,
    header,
  }: {
    readonly contentType: string;
    readonly isHead: boolean;
    readonly header: (name: string) => string | undefined;
  },
): ReplyWithMark => {
  const { text, etag, modifiedAt } = tagged;
  const headers = { etag, 'last-modified': modifiedAt.toUTCString(), 'cache-control': 'private, no-cache' };
  if (isKnown(tagged, header)) return reply({ status: 304, headers });
  return reply({ status: 200, headers: { ...headers, 'content-type': contentType }, body: isHead ? '' : text });
};
