/** What an intrinsic function may ask of the stack that it stands in. */
export interface Scope {
  /** For messages. */
  readonly stack: string;
  readonly region: string;
  ref(logicalId: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  findInMap(map: string, first: string, second: string): unknown;
  importValue(exportName: string): unknown;
  stackOutput(stackName: string, output: string): unknown;
}

/** Marks a property that `AWS::NoValue` takes away. */
export const noValue = Symbol('AWS::NoValue');

/**
 * A template value with every intrinsic function answered. Dynamic references (`{{resolve:…}}`) stay as they are:
 * the service that holds the value resolves them. Throws, with the stack and the function's name, for an intrinsic
 * function that it does not know.
 */
export function resolveValue(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value.map((each) => resolveValue(each, scope)).filter((each) => each !== noValue);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first) {
    const [name, argument] = first;
    if (name === 'Ref') return scope.ref(String(argument));
    if (name.startsWith('Fn::')) return callIntrinsic(name, argument, scope);
  }
  const result: Record<string, unknown> = {};
  for (const [key, each] of entries) {
    const resolved = resolveValue(each, scope);
    if (resolved !== noValue) result[key] = resolved;
  }
  return result;
}

function callIntrinsic(name: string, argument: unknown, scope: Scope): unknown {
  switch (name) {
    case 'Fn::GetAtt': {
      const [logicalId, ...attribute] = typeof argument === 'string' ? argument.split('.') : (argument as unknown[]);
      return scope.attribute(String(logicalId), attribute.map((each) => resolveValue(each, scope)).join('.'));
    }
    case 'Fn::Sub':
      return substitute(argument, scope);
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown];
      return list(parts, name, scope).map(text).join(separator);
    }
    case 'Fn::Select': {
      const [index, items] = argument as [unknown, unknown];
      const at = Number(resolveValue(index, scope));
      const found = list(items, name, scope)[at];
      if (found === undefined) throw failure(scope, `${name}: there is no element ${at}`);
      return found;
    }
    case 'Fn::Split': {
      const [separator, source] = argument as [string, unknown];
      return text(resolveValue(source, scope)).split(separator);
    }
    case 'Fn::If': {
      const [condition, whenTrue, whenFalse] = argument as [string, unknown, unknown];
      return resolveValue(scope.condition(condition) ? whenTrue : whenFalse, scope);
    }
    case 'Fn::FindInMap': {
      const [map, first, second] = (argument as unknown[]).map((each) => text(resolveValue(each, scope)));
      return scope.findInMap(map ?? '', first ?? '', second ?? '');
    }
    case 'Fn::ImportValue':
      return scope.importValue(text(resolveValue(argument, scope)));
    case 'Fn::GetStackOutput': {
      const { StackName, OutputName } = argument as { readonly StackName: unknown; readonly OutputName: unknown };
      return scope.stackOutput(text(resolveValue(StackName, scope)), text(resolveValue(OutputName, scope)));
    }
    case 'Fn::Base64':
      return Buffer.from(text(resolveValue(argument, scope))).toString('base64');
    case 'Fn::GetAZs': {
      const region = text(resolveValue(argument, scope)) || scope.region;
      return ['a', 'b', 'c'].map((zone) => region + zone);
    }
    case 'Fn::ToJsonString':
      return JSON.stringify(resolveValue(argument, scope));
    case 'Fn::Length':
      return list(argument, name, scope).length;
    case 'Fn::Equals':
    case 'Fn::And':
    case 'Fn::Or':
    case 'Fn::Not':
      return evaluateCondition({ [name]: argument }, scope);
    default:
      throw failure(scope, `the intrinsic function ${name} is not supported by the local run`);
  }
}

/** The truth of an entry of `Conditions`. */
export function evaluateCondition(condition: unknown, scope: Scope): boolean {
  if (typeof condition !== 'object' || condition === null) return condition === true || condition === 'true';
  const [name, argument] = Object.entries(condition)[0] ?? [];
  const operands = Array.isArray(argument) ? (argument as unknown[]) : [];
  switch (name) {
    case 'Condition':
      return scope.condition(String(argument));
    case 'Fn::Equals':
      return text(resolveValue(operands[0], scope)) === text(resolveValue(operands[1], scope));
    case 'Fn::And':
      return operands.every((each) => evaluateCondition(each, scope));
    case 'Fn::Or':
      return operands.some((each) => evaluateCondition(each, scope));
    case 'Fn::Not':
      return !evaluateCondition(operands[0], scope);
    default:
      throw failure(scope, `the condition function ${name} is not supported by the local run`);
  }
}

function substitute(argument: unknown, scope: Scope): string {
  const [template, variables] = (Array.isArray(argument) ? argument : [argument, {}]) as [
    string,
    Record<string, unknown>,
  ];
  return template.replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return text(resolveValue(variables[name], scope));
    const dot = name.indexOf('.');
    return text(dot < 0 ? scope.ref(name) : scope.attribute(name.slice(0, dot), name.slice(dot + 1)));
  });
}

function list(value: unknown, name: string, scope: Scope): unknown[] {
  const resolved = resolveValue(value, scope);
  if (!Array.isArray(resolved)) throw failure(scope, `${name}: a list is expected`);
  return resolved;
}

function text(value: unknown): string {
  if (value === undefined || value === noValue) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function failure(scope: Scope, message: string): Error {
  return new Error(`Template of stack ${scope.stack}: ${message}`);
}
