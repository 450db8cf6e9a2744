/** What each call of the API sends: the application's own user, and JSON. */
export const HEADERS = {
  authorization: `Basic ${Buffer.from('root:root').toString('base64')}`,
  'content-type': 'application/json',
};
