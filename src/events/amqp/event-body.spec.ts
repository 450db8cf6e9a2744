import * as fc from 'fast-check';
import { readEventBody } from './event-body';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('the body of a message', () => {
  it.each<[string, Buffer, unknown]>([
    ['Latin-1', latin1('{"a":"vérifié","b":"é"}'), { a: 'v\uFFFDrifi\uFFFD', b: '\uFFFD' }],
    ['a text cut inside a character', Buffer.from('{"a":"€').subarray(0, -1), 'not_json'],
    [
      'a text cut inside a character, within an event that goes on',
      Buffer.concat([Buffer.from('{"a":"€').subarray(0, -1), Buffer.from('","b":1}')]),
      { a: '\uFFFD', b: 1 },
    ],
    ['a name that is no UTF-8', latin1('{"é":1}'), { '\uFFFD': 1 }],
    ['a byte order mark', Buffer.from('\uFEFF{"a":"é"}'), { a: 'é' }],
    [
      'a byte order mark before Latin-1',
      Buffer.concat([Buffer.from('\uFEFF'), latin1('{"a":"é"}')]),
      { a: '\uFFFD' },
    ],
    ['a character that is a byte order mark', Buffer.from('{"a":"\uFEFF"}'), { a: '\uFEFF' }],
    ['two byte order marks', Buffer.from('\uFEFF\uFEFF{}'), 'not_json'],
    ['nothing', Buffer.alloc(0), 'empty'],
    ['a byte order mark alone', Buffer.from('\uFEFF'), 'empty'],
    ['no JSON', Buffer.from('DISK OK'), 'not_json'],
    ['a byte between the fields that is no UTF-8', latin1('{"a":1,é"b":2}'), 'not_json'],
    ['an array', Buffer.from('[{}]'), 'not_an_object'],
    ['null', Buffer.from('null'), 'not_an_object'],
    ['a number', Buffer.from('3'), 'not_an_object'],
  ])('may be %s', (_what, body, expected) => {
    expect(readEventBody(body)).toEqual(expected);
  });

  it('has U+FFFD in each text whose bytes are no UTF-8, as the Encoding Standard has it', () => {
    const bytes = fc.uint8Array({ maxLength: 40 }).map((given) =>
      // What would end or escape the text, or may not stand in it.
      Buffer.from(given.filter((byte) => byte >= 0x20 && byte !== 0x22 && byte !== 0x5c)),
    );
    fc.assert(
      fc.property(bytes, (text) => {
        const body = Buffer.concat([Buffer.from('{"connector":"c","output":"'), text, Buffer.from('"}')]);
        expect(readEventBody(body)).toEqual({
          connector: 'c',
          output: new TextDecoder('utf-8', { ignoreBOM: true }).decode(text),
        });
      }),
    );
  });
});
