import type { DurableMap } from '../core/durable-map.ts';

/** A message to a person that would have left the machine. */
export interface OutboxItem {
  readonly id: string;
  /** A protocol of SNS, `topic`, or the name of what an application brings along. */
  readonly kind: string;
  readonly to: string;
  readonly subject?: string;
  readonly text: string;
  readonly topicArn?: string;
  /** Present in a mail that asks to confirm a subscription. */
  readonly confirmUrl?: string;
  /** What signs it. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What can be pressed: the value is a token or a link. */
  readonly buttons?: readonly { readonly action: string; readonly value: string }[];
  /** RFC 3339, in moved time. */
  readonly at: string;
}

export interface Outbox {
  add(item: OutboxItem): void;
  /** Newest first. */
  list(): readonly OutboxItem[];
  clear(): void;
}

const keeps = 1_000;

export function openOutbox(items: DurableMap<OutboxItem>): Outbox {
  return {
    add(item) {
      items.put(item.id, item);
      for (const old of items.values()) {
        if (items.size <= keeps) break;
        items.delete(old.id);
      }
    },
    list: () => [...items.values()].reverse(),
    clear: () => items.clear(),
  };
}

/** A page to read it, without script. */
export function outboxPage(items: readonly OutboxItem[]): string {
  const rows = items.map((item) => {
    const confirm = item.confirmUrl ? `<p><a href="${escape(item.confirmUrl)}">Confirm the subscription</a></p>` : '';
    const subject = item.subject ? ` · <strong>${escape(item.subject)}</strong>` : '';
    return `<article><h2>${escape(item.kind)} to ${escape(item.to)}${subject}</h2><time>${escape(item.at)}</time><pre>${escape(item.text)}</pre>${confirm}</article>`;
  });
  const style =
    'body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}article{border-top:1px solid #ccc}h2{font-size:1rem}pre{white-space:pre-wrap}';
  const list = rows.length > 0 ? rows.join('') : '<p>Nothing has been sent.</p>';
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Outbox</title><style>${style}</style><h1>Outbox</h1>${list}</html>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
