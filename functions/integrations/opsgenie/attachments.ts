import type { Clock } from '../../../shared/kernel/clock.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import type { Alert } from '../../alerts/port.ts';
import { annotationsOf, fitted } from '../labels.ts';
import type { StoredIntegration } from '../resources/integration.ts';
import { senderBy } from '../sender.ts';
import { attachmentsOf, type Attachment } from './alert.ts';
import { wrong } from './fields.ts';
import { findAlert, type AlertDesk, type Named } from './find-alert.ts';
import { noSuchAlert } from './read-alerts.ts';

interface Deps {
  readonly clock: Clock;
  readonly desk: Pick<AlertDesk, 'byId' | 'latestIn' | 'walk' | 'edit'>;
}

const MOST_ATTACHMENTS = 10;
const MAX_NAME_CHARS = 128;

const noSuchAttachment = () => notFound('attachment.not_found', 'Attachment does not exist');

const found = async ({ desk }: Deps, integration: StoredIntegration, named: Named): Promise<Alert> => {
  const alert = await findAlert(desk, integration, named);
  if (!alert) throw noSuchAlert();
  return alert;
};

/** The file of a form. The platform reads forms, so no code of ours looks for boundaries. */
const fileIn = async (text: string, contentType: string | undefined): Promise<File> => {
  try {
    const form = await new Response(text, { headers: { 'content-type': contentType ?? '' } }).formData();
    const file = form.get('file');
    if (file instanceof File && file.name !== '') return file;
  } catch {
    // It is no form.
  }
  throw wrong('file', 'must be a file of a form');
};

/**
 * Notes that a file was attached to an alert: its name and size. The file itself is not stored. Answers its number within the alert. Throws
 * `alert.not_found`, and `opsgenie.invalid` where there is no file.
 */
export const attachFile = async (
  deps: Deps,
  {
    integration,
    text,
    contentType,
  }: { readonly integration: StoredIntegration; readonly text: string; readonly contentType: string | undefined },
  named: Named,
): Promise<{ readonly id: string }> => {
  const alert = await found(deps, integration, named);
  const file = await fileIn(text, contentType);
  const name = fitted(file.name, MAX_NAME_CHARS);
  let id = 1;
  await deps.desk.edit(
    { caller: senderBy(integration) },
    {
      id: alert.id,
      correct: (now) => {
        const before = attachmentsOf(now);
        id = Math.max(0, ...before.map((each) => each.id)) + 1;
        const made: Attachment = {
          id,
          name,
          bytes: file.size,
          by: integration.name,
          at: deps.clock.now().toISOString(),
        };
        return {
          set: withAttachments(now, [...before, made].slice(-MOST_ATTACHMENTS)),
          note: `Attached ${name}. The file itself is not stored.`,
        };
      },
    },
  );
  return { id: String(id) };
};

const withAttachments = ({ annotations }: Alert, attachments: readonly Attachment[]) => ({
  annotations: annotationsOf({
    ...annotations,
    attachments: attachments.length > 0 ? JSON.stringify(attachments) : '',
  }),
});

/** The files that were attached to an alert. */
export const listAttachments = async (deps: Deps, integration: StoredIntegration, named: Named) =>
  attachmentsOf(await found(deps, integration, named)).map(({ id, name }) => ({ id, name }));

interface Numbered extends Named {
  readonly attachment: string;
}

/** What is known of a file. It has no address, because the file is not stored. Throws `attachment.not_found`. */
export const getAttachment = async (deps: Deps, integration: StoredIntegration, { attachment, ...named }: Numbered) => {
  const all = attachmentsOf(await found(deps, integration, named));
  const one = all.find(({ id }) => String(id) === attachment);
  if (!one) throw noSuchAttachment();
  return { name: one.name, url: '', size: one.bytes };
};

/** Forgets a file. Throws `attachment.not_found`. */
export const deleteAttachment = async (
  deps: Deps,
  integration: StoredIntegration,
  { attachment, ...named }: Numbered,
): Promise<void> => {
  const alert = await found(deps, integration, named);
  await deps.desk.edit(
    { caller: senderBy(integration) },
    {
      id: alert.id,
      correct: (now) => {
        const all = attachmentsOf(now);
        const one = all.find(({ id }) => String(id) === attachment);
        if (!one) throw noSuchAttachment();
        return {
          set: withAttachments(
            now,
            all.filter((each) => each !== one),
          ),
          note: `Removed ${one.name}.`,
        };
      },
    },
  );
};
