import { randomInt } from 'node:crypto';

/** `GenerateSecretString` of AWS::SecretsManager::Secret, as far as templates use it. */
export interface GenerateSecretString {
  readonly SecretStringTemplate?: string;
  readonly GenerateStringKey?: string;
  readonly PasswordLength?: number | string;
  readonly ExcludeCharacters?: string;
  readonly ExcludePunctuation?: boolean | string;
  readonly ExcludeNumbers?: boolean | string;
  readonly ExcludeUppercase?: boolean | string;
  readonly ExcludeLowercase?: boolean | string;
  readonly IncludeSpace?: boolean | string;
  readonly RequireEachIncludedType?: boolean | string;
}

const isTrue = (value: boolean | string | undefined): boolean => value === true || value === 'true';

/**
 * A secret string as CloudFormation generates it: a password of 32 characters unless said otherwise, put into the JSON
 * template under its key where there is one.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-secretsmanager-secret-generatesecretstring.html
 */
export function generateSecretString(rules: GenerateSecretString): string {
  const password = generatePassword(rules);
  if (!rules.SecretStringTemplate || !rules.GenerateStringKey) return password;
  const template = JSON.parse(rules.SecretStringTemplate) as Record<string, unknown>;
  return JSON.stringify({ ...template, [rules.GenerateStringKey]: password });
}

function generatePassword(rules: GenerateSecretString): string {
  const classes = [
    isTrue(rules.ExcludeLowercase) ? '' : 'abcdefghijklmnopqrstuvwxyz',
    isTrue(rules.ExcludeUppercase) ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    isTrue(rules.ExcludeNumbers) ? '' : '0123456789',
    isTrue(rules.ExcludePunctuation) ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    isTrue(rules.IncludeSpace) ? ' ' : '',
  ]
    .map((letters) => [...letters].filter((letter) => !rules.ExcludeCharacters?.includes(letter)))
    .filter((letters) => letters.length > 0);
  const all = classes.flat();
  if (all.length === 0) throw new Error('The template excludes every character from a generated secret');
  const pick = (letters: readonly string[]): string => letters[randomInt(letters.length)] ?? '';
  const length = Number(rules.PasswordLength ?? 32);
  const needsEach = rules.RequireEachIncludedType === undefined || isTrue(rules.RequireEachIncludedType);
  for (;;) {
    const letters = Array.from({ length }, () => pick(all));
    if (!needsEach || classes.every((of) => letters.some((letter) => of.includes(letter)))) return letters.join('');
  }
}
