/** An import or export cannot begin or go on; the message is for the operator, and holds no secret. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}
