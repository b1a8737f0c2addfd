/** A key that no object can have: a mistake of the caller's. */
export class InvalidKey extends Error {
  override readonly name = "InvalidKey";
}

/** What is stored under a key is not what was written there. */
export class DamagedObject extends Error {
  override readonly name = "DamagedObject";
}

/** Another process was to make the object, and failed; the message is that of its error. */
export class ProducerFailed extends Error {
  override readonly name = "ProducerFailed";
}

/** The object was not there within the time that the caller would wait, or its producer took too long. */
export class TookTooLong extends Error {
  override readonly name = "TookTooLong";
}
