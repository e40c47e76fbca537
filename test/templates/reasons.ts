import type { Reasons } from './findings.ts';

const OF_DEV = 'Stage dev encrypts by keys of AWS, and may lose its data: infra/config.ts.';
const OF_THE_PUBLISHER = 'The construct that copies the files of the console at a deployment brings its own policy.';

/** Why findings of cfn-lint stay. */
export const CFN_LINT: Reasons = {
  W3005: { why: 'The CDK names dependencies that follow from references as well. They change nothing.' },
};

/** Why findings of checkov stay. */
export const CHECKOV: Reasons = {
  CKV_AWS_158: { why: 'CloudWatch encrypts logs. A key of our own costs a dollar a month, and logs hold no secret.' },
  CKV_AWS_116: { why: 'Only schedules invoke asynchronously, and the next run repairs what one left.' },
  CKV_AWS_117: { why: 'Only -c vpcId needs a network. Functions reach services of AWS and the open internet.' },
  CKV_AWS_115: { why: 'A new account has ten executions, of which none can be reserved: -c accountConcurrency.' },
  CKV_AWS_173: { why: 'Variables hold names and no secret. Lambda encrypts them by a key of AWS.' },
  CKV_AWS_59: {
    why: 'Routes that are public by purpose: routes.ts says permission public, and test/infra/api.test.ts lists them.',
  },
  CKV_AWS_27: {
    why: 'SQS encrypts the spill queue by its own key, because it takes what the key of the stage refuses. Stage dev has no key.',
  },
  CKV_AWS_119: { why: OF_DEV, where: /Table$/ },
  CKV_AWS_28: { why: OF_DEV, where: /Table$/ },
  CKV_AWS_26: {
    why: 'The topic of operators reports trouble with the key, too. Stage dev has no key.',
    where: /Topic$/,
  },
  CKV_AWS_18: { why: 'Files for everybody: a log of their readers would say nothing.', where: /Bucket$/ },
  CKV_AWS_21: { why: 'Files are rendered again, or deployed again.', where: /Bucket$/ },
  CKV_AWS_73: { why: 'Traces hold paths, and keys travel in paths: docs/adr/0005-keys-in-paths.md.' },
  CKV_AWS_120: { why: 'Answers are of one caller, and of this second.' },
  CKV_AWS_68: { why: 'A web ACL costs as much as all the rest in an idle month: -c waf=true makes one.' },
  CKV_AWS_86: { why: 'Access logs hold paths, and keys travel in paths: docs/adr/0005-keys-in-paths.md.' },
  CKV_AWS_174: {
    why: 'The certificate of CloudFront itself takes TLS 1.0 as well. With -c domain it is TLS 1.2 and later.',
  },
  CKV_AWS_111: { why: OF_THE_PUBLISHER, where: /CustomCDKBucketDeployment/ },
};
