import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { z } from 'zod';
import { logger } from '../../../shared/aws/observe.ts';
import { valuesDeps } from '../deps.ts';
import { EARLIER_SECRETS } from '../values/earlier-secret-store.ts';
import { deleteValues, makeValues, type MakeValuesDeps } from '../values/make-values.ts';

/** The properties of the custom resource, all of them texts. */
const Properties = z.object({
  KeyArn: z.string(),
  /** `true` where data outlives the stage, and so do its values. */
  Keeps: z.enum(['true', 'false']),
  Earlier: z.partialRecord(z.enum(EARLIER_SECRETS), z.string()).default({}),
});

const ATTEMPTS = 3;

/** Answers CloudFormation, which otherwise waits until the time of the resource is over. */
const answer = async (event: CloudFormationCustomResourceEvent, reason: string | undefined): Promise<void> => {
  const { StackId, RequestId, LogicalResourceId, ResponseURL } = event;
  const body = Buffer.from(
    JSON.stringify({
      Status: reason === undefined ? 'SUCCESS' : 'FAILED',
      Reason: reason,
      // One for the life of the stage: another would have CloudFormation delete the values.
      PhysicalResourceId: 'values',
      StackId,
      RequestId,
      LogicalResourceId,
    }),
  );
  for (let attempt = 1; ; attempt++) {
    try {
      // The address is signed for a request without a content type.
      const { ok, status } = await fetch(ResponseURL, { method: 'PUT', body });
      if (ok) return;
      throw new Error(`CloudFormation answered ${status}`);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
};

/** At a deployment: makes the secret values of the stage that do not exist yet, for a custom resource of CloudFormation. */
export const valueMaker = (deps: () => MakeValuesDeps) => async (event: CloudFormationCustomResourceEvent) => {
  let reason: string | undefined;
  try {
    const { KeyArn: keyArn, Keeps, Earlier: earlier } = Properties.parse(event.ResourceProperties);
    if (event.RequestType === 'Delete') {
      if (Keeps === 'false') await deleteValues(deps());
    } else {
      const before = event.RequestType === 'Update' ? event.OldResourceProperties['KeyArn'] : undefined;
      await makeValues(deps(), { keyArn, encryptAgain: before !== keyArn, earlier });
    }
  } catch (error) {
    logger.error('the values of the stage could not be made', error as Error);
    reason = error instanceof Error ? error.message : String(error);
  }
  await answer(event, reason);
};

export const handler = valueMaker(valuesDeps);
