import type { credentials } from 'amqplib';
import { optionalPackage } from '../../util/optional-package';

/**
 * The user and the password of a URL, decoded: amqplib itself would take the bytes of letters beyond ASCII for letters, and send
 * them encoded twice. Without both, the broker's default user.
 */
export function credentialsOf(url: string): ReturnType<typeof credentials.plain> {
  const { username, password } = new URL(url);
  const amqp = optionalPackage<typeof import('amqplib')>('amqplib', 'RabbitMQ');
  if (username === '' && password === '') return amqp.credentials.plain('guest', 'guest');
  return amqp.credentials.plain(decodeURIComponent(username), decodeURIComponent(password));
}
