import { createHmac } from 'node:crypto';

/**
 * What ties a session to a password. The token is the key, and is stored nowhere: whoever reads the stored seal learns nothing
 * of the password from it.
 * @param password what is known of it, the same in every process
 */
export const sealOf = (token: string, password: Buffer): string =>
  createHmac('sha256', token).update(password).digest('base64url');
