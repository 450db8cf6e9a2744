import { md5Id } from './md5-id';

describe('md5Id', () => {
  /** The contract's vectors; the last three were made with Python's hashlib. */
  it.each([
    [{ connector: 'c2', connector_name: 'connector2' }, '3d071cb49acce44040b35ed8c6714ef1'],
    [
      { connector: 'heartbeat_test_1', connector_name: 'heartbeat_test_1_name' },
      'a9807256ef7e2a138a1caa204accc792',
    ],
    [{ connector: 'c1', connector_name: 'connector1' }, 'dee45902d176471ef5cf5c281fc3b83b'],
    [{ clé: 'é', b: '' }, 'aae0caa261ca03b866493b5896088217'],
    [{ '\u{1F600}': '1', '\uFF5E': '2' }, '0806ddcc4a8265a764fed405f3be7b4f'],
    [{ a: 'bc' }, '900150983cd24fb0d6963f7d28e17f72'],
  ])('of %j is %s', (pattern, id) => expect(md5Id(pattern)).toBe(id));

  it('does not depend on the order of the keys', () => {
    expect(md5Id({ connector_name: 'connector2', connector: 'c2' })).toBe('3d071cb49acce44040b35ed8c6714ef1');
  });

  it('is shared by patterns that read the same when joined', () => {
    expect(md5Id({ ab: 'c' })).toBe(md5Id({ a: 'bc' }));
  });
});
