/** What a provider said when it took a message. */
export interface Accepted {
  readonly provider: string;
  /** The provider's own id of the message. */
  readonly providerId: string;
}

/** A way to a person, such as SMS. */
export interface Channel {
  /**
   * Hands a message to the provider. The same `idempotencyKey` names the same message, for providers that know such keys.
   * Rejects where the provider refused it, or where what became of it is not known.
   */
  send(
    message: { readonly to: string; readonly text: string },
    options: { readonly idempotencyKey: string },
  ): Promise<Accepted>;
}
