import { MessageReader } from './messages';

describe('the messages of a stream', () => {
  it('are read from pieces of any size', () => {
    const text =
      ': hello\n\nevent: tick\ndata: {}\n\nid: 4\nevent: rules\ndata: {"ids":\ndata: []}\n\nevent: st';
    const reader = new MessageReader();
    expect([...text].flatMap((letter) => reader.push(letter))).toEqual([
      { event: 'tick', data: '{}' },
      { event: 'rules', data: '{"ids":\n[]}' },
    ]);
    expect(reader.push('ates\r\ndata:1\r\n\r\n')).toEqual([{ event: 'states', data: '1' }]);
  });
});
