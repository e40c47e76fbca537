import { startHttpServer } from '../../local/emulator/services/core/http-server.ts';
import { AwsError } from '../../local/emulator/services/core/aws-error.ts';
import { s3Error, startS3 } from '../../local/emulator/services/s3/service.ts';
import type { Assembly, LocalClock } from '../../local/emulator/types.ts';

export interface TestObjects {
  readonly endpoint: string;
  /** Refuses every request from now on, or no more. */
  refuse(all: boolean): void;
  stop(): Promise<void>;
}

/** S3 as the local run has it, with one empty bucket. */
export const startObjects = async (bucket: string): Promise<TestObjects> => {
  const byType = (type: string) => (type === 'AWS::S3::Bucket' ? [{ physicalId: bucket }] : []);
  const s3 = startS3({
    assembly: { byType } as unknown as Assembly,
    clock: { now: () => Date.now() } as LocalClock,
    directory: undefined,
  });
  let refuses = false;
  const server = await startHttpServer(async (request) => {
    try {
      if (refuses) throw new AwsError('SlowDown', 'Reduce your request rate.', 503);
      const place = s3.placeOf(request.url.pathname) ?? { bucket: '', key: '' };
      return s3.handle(s3.operationOf(request.method), place, request);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { status: error.status, headers: { 'content-type': 'application/xml' }, body: s3Error(error, 'request') };
    }
  });
  return { endpoint: server.url, refuse: (all) => void (refuses = all), stop: () => server.stop() };
};
