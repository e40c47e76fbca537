import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { z } from 'zod';
import { logger } from '../../../shared/aws/observe.ts';
import { valuesDeps } from '../deps.ts';
import { EARLIER_SECRETS } from '../values/earlier-secret-store.ts';
import { deleteValues, edgeKeyOf, makeValues, type MakeValuesDeps } from '../values/make-values.ts';

/** The properties of the custom resource, all of them texts. */
const Properties = z.object({
  KeyArn: z.string(),
  /** `true` where data outlives the stage, and so do its values. */
  Keeps: z.enum(['true', 'false']),
  Earlier: z.partialRecord(z.enum(EARLIER_SECRETS), z.string()).default({}),
  /** The number of a key of the edge, or `none`. */
  EdgeKey: z
    .string()
    .regex(/^([1-9]\d{0,5}|none)$/)
    .default('none'),
});

const EdgeKeyProperties = Properties.pick({ EdgeKey: true });

const ATTEMPTS = 3;

/** What a custom resource is, and what the template reads of it. */
interface Made {
  readonly physicalId: string;
  readonly data?: Readonly<Record<string, string>>;
  /** CloudFormation masks the data wherever it shows it. */
  readonly isSecret?: true;
}

/** Answers CloudFormation, which otherwise waits until the time of the resource is over. */
const answer = async (
  event: CloudFormationCustomResourceEvent,
  { physicalId, data, isSecret }: Made,
  reason: string | undefined,
): Promise<void> => {
  const { StackId, RequestId, LogicalResourceId, ResponseURL } = event;
  const body = Buffer.from(
    JSON.stringify({
      Status: reason === undefined ? 'SUCCESS' : 'FAILED',
      Reason: reason,
      PhysicalResourceId: physicalId,
      Data: data,
      NoEcho: isSecret === true,
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

/** One for the life of the stage: another would have CloudFormation delete the values. */
const VALUES: Made = { physicalId: 'values' };

const numberIn = (EdgeKey: string): number | undefined => (EdgeKey === 'none' ? undefined : Number(EdgeKey));

const changeValues = async (deps: MakeValuesDeps, event: CloudFormationCustomResourceEvent): Promise<Made> => {
  const { KeyArn: keyArn, Keeps, Earlier: earlier, EdgeKey } = Properties.parse(event.ResourceProperties);
  if (event.RequestType === 'Delete') {
    if (Keeps === 'false') await deleteValues(deps);
    return VALUES;
  }
  const before = event.RequestType === 'Update' ? event.OldResourceProperties['KeyArn'] : undefined;
  const { edgeKeyHashes } = await makeValues(deps, {
    keyArn,
    encryptAgain: before !== keyArn,
    earlier,
    edgeKey: numberIn(EdgeKey),
  });
  return { ...VALUES, data: { EdgeKeyHashes: edgeKeyHashes.join(',') } };
};

/** The key for CloudFront, in the stack of the edge, where CloudFormation reads it. It is deleted with the values. */
const showEdgeKey = async (deps: MakeValuesDeps, event: CloudFormationCustomResourceEvent): Promise<Made> => {
  const { EdgeKey } = EdgeKeyProperties.parse(event.ResourceProperties);
  const physicalId = `edge-key-${EdgeKey}`;
  if (event.RequestType === 'Delete') return { physicalId };
  return { physicalId, data: { Key: await edgeKeyOf(deps, Number(EdgeKey)) }, isSecret: true };
};

/** At a deployment: makes the secret values of the stage that do not exist yet, for custom resources of CloudFormation. */
export const valueMaker = (deps: () => MakeValuesDeps) => async (event: CloudFormationCustomResourceEvent) => {
  let made = event.RequestType === 'Create' ? VALUES : { physicalId: event.PhysicalResourceId };
  let reason: string | undefined;
  try {
    made = await (event.ResourceType === 'Custom::EdgeKey' ? showEdgeKey : changeValues)(deps(), event);
  } catch (error) {
    logger.error('the values of the stage could not be made', error as Error);
    reason = error instanceof Error ? error.message : String(error);
  }
  await answer(event, made, reason);
};

export const handler = valueMaker(valuesDeps);
