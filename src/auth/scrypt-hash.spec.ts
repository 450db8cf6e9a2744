import { formatPhc, hashPassword, InvalidHashError, parsePhc, verifyPassword } from './scrypt-hash';

const SALT = 'c2FsdHNhbHQ';
const HASH = 'aGFzaGhhc2hoYXNoaGFzaA';
const phc = (parameters: string, salt = SALT, hash = HASH): string => `$scrypt$${parameters}$${salt}$${hash}`;

describe('verifyPassword', () => {
  it.each([
    [
      '',
      '',
      4,
      1,
      1,
      '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906',
    ],
    [
      'password',
      'NaCl',
      10,
      8,
      16,
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
    ],
    [
      'pleaseletmein',
      'SodiumChloride',
      14,
      8,
      1,
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
    ],
  ])('agrees with RFC 7914 on %p with salt %p', async (password, salt, ln, r, p, hex) => {
    const hash = { ln, r, p, salt: Buffer.from(salt), hash: Buffer.from(hex, 'hex') };
    await expect(verifyPassword(hash, password)).resolves.toBe(true);
    await expect(verifyPassword(hash, `${password} `)).resolves.toBe(false);
  });

  it('takes the hash of another program (the example in the documentation of passlib)', async () => {
    const text = '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E';
    await expect(verifyPassword(parsePhc(text), 'password')).resolves.toBe(true);
  });

  it.each(['ln=18,r=8,p=1', 'ln=10,r=2048,p=1', 'ln=10,r=8,p=256'])(
    'can compute the extreme %s',
    async (cost) => {
      await expect(verifyPassword(parsePhc(phc(cost)), 'x')).resolves.toBe(false);
    },
  );
});

describe('hashPassword', () => {
  it('makes a hash that fits the password alone, and differs each time', async () => {
    const cost = { ln: 10, r: 8, p: 1 };
    const [one, other] = await Promise.all([hashPassword('pässword', cost), hashPassword('pässword', cost)]);
    expect(formatPhc(one)).not.toBe(formatPhc(other));
    const read = parsePhc(formatPhc(one));
    expect(read).toEqual(one);
    await expect(verifyPassword(read, 'pässword')).resolves.toBe(true);
    await expect(verifyPassword(read, 'password')).resolves.toBe(false);
  });
});

describe('parsePhc', () => {
  it('reads and writes the same text', () => {
    expect(formatPhc(parsePhc(phc('ln=14,r=8,p=5')))).toBe(phc('ln=14,r=8,p=5'));
  });

  it.each([
    ['a typing error that would take 8 PiB', phc('ln=40,r=8,p=1'), /out of bounds/],
    ['numbers beyond all measure', phc('ln=999999999,r=999999999,p=999999999'), /out of bounds/],
    ['more than 256 MiB', phc('ln=18,r=9,p=1'), /out of bounds/],
    ['more than two seconds', phc('ln=18,r=8,p=2'), /out of bounds/],
    ['a cost that protects nothing', phc('ln=9,r=8,p=1'), /out of bounds/],
    ['a small block size', phc('ln=14,r=7,p=1'), /out of bounds/],
    ['no parallelization', phc('ln=14,r=8,p=0'), /form/],
    ['a leading zero', phc('ln=014,r=8,p=1'), /form/],
    ['another order', phc('r=8,ln=14,p=1'), /form/],
    ['a missing parameter', phc('ln=14,r=8'), /form/],
    ['another function', '$argon2id$v=19$m=65536,t=2,p=1$c2FsdHNhbHQ$aGFzaA', /form/],
    ['a plain password', 'hunter2', /form/],
    ['nothing', '', /form/],
    ['a line break at the end', `${phc('ln=14,r=8,p=5')}\n`, /form/],
    ['padding', phc('ln=14,r=8,p=5', 'c2FsdHNhbHQ='), /form/],
    ['a salt that is too short', phc('ln=14,r=8,p=5', 'c2FsdA'), /salt/],
    ['a salt with stray bits', phc('ln=14,r=8,p=5', 'c2FsdHNhbHR'), /salt/],
    ['a hash that was cut off', phc('ln=14,r=8,p=5', SALT, 'aGFzaA'), /hash is not/],
    ['a hash that is too long', phc('ln=14,r=8,p=5', SALT, 'a'.repeat(88)), /hash is not/],
  ])('refuses %s', (_what, text, reason) => {
    expect(() => parsePhc(text)).toThrow(InvalidHashError);
    expect(() => parsePhc(text)).toThrow(reason);
  });

  it('quotes nothing of what it refuses', () => {
    expect(() => parsePhc('hunter2')).not.toThrow(/hunter2/);
    expect(() => parsePhc(phc('ln=40,r=8,p=1'))).not.toThrow(new RegExp(SALT));
  });
});
