import { expect, test } from 'vitest';
import { ofCfnLint, ofCheckov, unexplained } from '../../templates/findings.ts';

const report = (failed: readonly object[], parsing_errors = 0): string =>
  JSON.stringify({ results: { failed_checks: failed }, summary: { parsing_errors } });
const failed = (check_id: string, resource: string) => ({
  check_id,
  check_name: 'Ensure',
  file_path: '/a.template.json',
  resource,
});

test('a finding without a reason, one elsewhere than its reason, and a reason that nothing needs are named', () => {
  const findings = ofCheckov(report([failed('CKV_1', 'Table'), failed('CKV_1', 'Queue'), failed('CKV_2', 'Topic')]));
  const { findings: left, needless } = unexplained(findings, {
    CKV_1: { why: 'because', where: /Table/ },
    CKV_3: { why: 'because' },
  });
  expect(left.map(({ rule, resource, template }) => [rule, resource, template])).toEqual([
    ['CKV_1', 'Queue', 'a'],
    ['CKV_2', 'Topic', 'a'],
  ]);
  expect(needless).toEqual(['CKV_3']);
});

test('cfn-lint names the part of a template, and what it does not print is no empty list', () => {
  const printed = [
    {
      Rule: { Id: 'E1001' },
      Message: 'Additional properties are not allowed',
      Filename: '/out/Tocsin-dev-api.template.json',
      Location: { Path: ['Resources', 'Table', 'Properties', 0] },
    },
  ];
  expect(ofCfnLint(JSON.stringify(printed))).toEqual([
    {
      rule: 'E1001',
      template: 'Tocsin-dev-api',
      resource: 'Resources/Table',
      says: 'Additional properties are not allowed',
    },
  ]);
  expect(() => ofCfnLint('')).toThrow();
});

test('a template that cannot be read is no template without findings', () => {
  expect(() => ofCheckov(report([], 1))).toThrow('cannot read 1 templates');
  expect(() => ofCheckov('{}')).toThrow('looked at nothing');
});
