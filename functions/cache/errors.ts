/** The caller passed a key that no object can have. */
export class InvalidKey extends Error {
  override readonly name = "InvalidKey";
}

/** The stored bytes differ from the bytes that were written. */
export class DamagedObject extends Error {
  override readonly name = "DamagedObject";
}

/** The process that was to make the object failed. The message is that of its error. */
export class ProducerFailed extends Error {
  override readonly name = "ProducerFailed";
}

/** The object did not appear within the caller's time limit, or its producer exceeded its own. */
export class TookTooLong extends Error {
  override readonly name = "TookTooLong";
}
