/** What an error says, for a line of the log; anything may be thrown. */
export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What the system says of a file, without the call and the path, which whoever tells it names. */
export function fileErrorText(error: unknown): string {
  const { message, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined ? errorText(error) : message.replace(/, \w+( '[^]*')?$/, '');
}

/** What an error says, with where it was thrown, for an error that nobody foresaw. */
export const errorStack = (error: unknown): string =>
  (error instanceof Error ? error.stack : undefined) ?? String(error);
