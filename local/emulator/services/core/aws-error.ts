/** An error in the shape that the AWS SDK turns into an exception of the name `code`. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Whose fault it is, as the query protocols say it. */
export function faultOf(status: number): 'Sender' | 'Receiver' {
  return status >= 500 ? 'Receiver' : 'Sender';
}

export function unknownOperation(operation: string): AwsError {
  return new AwsError('UnknownOperationException', `The local run does not know the operation ${operation}`, 400);
}
