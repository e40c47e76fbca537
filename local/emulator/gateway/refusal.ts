/** Gateway response types that the data plane gives, with the status and the message of API Gateway. */
const standard = {
  ACCESS_DENIED: [403, 'User is not authorized to access this resource'],
  API_CONFIGURATION_ERROR: [500, 'Internal server error'],
  AUTHORIZER_CONFIGURATION_ERROR: [500, null],
  AUTHORIZER_FAILURE: [500, null],
  BAD_REQUEST_BODY: [400, 'Invalid request body'],
  BAD_REQUEST_PARAMETERS: [400, 'Missing required request parameters'],
  INTEGRATION_FAILURE: [502, 'Internal server error'],
  INTEGRATION_TIMEOUT: [504, 'Endpoint request timed out'],
  INVALID_API_KEY: [403, 'Forbidden'],
  MISSING_AUTHENTICATION_TOKEN: [403, 'Missing Authentication Token'],
  QUOTA_EXCEEDED: [429, 'Limit Exceeded'],
  REQUEST_TOO_LARGE: [413, 'Request Too Long'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'Unsupported Media Type'],
  THROTTLED: [429, 'Too Many Requests'],
  UNAUTHORIZED: [401, 'Unauthorized'],
} as const satisfies Record<string, readonly [number, string | null]>;

export type RefusalType = keyof typeof standard;

/** The gateway answers by itself: no integration is called, or its answer is of no use. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly type: RefusalType;
  readonly status: number;
  readonly text: string | null;
  readonly validationError: string | undefined;
  /** What the authorizer told of the caller whom it denies the method. */
  readonly context: Readonly<Record<string, string | number>> | undefined;

  constructor(
    type: RefusalType,
    text: string | null = standard[type][1],
    validationError?: string,
    context?: Readonly<Record<string, string | number>>,
  ) {
    super(text ?? type);
    this.type = type;
    this.status = standard[type][0];
    this.text = text;
    this.validationError = validationError;
    this.context = context;
  }
}
