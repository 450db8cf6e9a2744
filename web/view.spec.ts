import { formatView, parseView } from './view';

describe('the address of a view', () => {
  it('is read, and written again', () => {
    const address = '?page=alarms&search=a%26b&state=down&sort_by=name&sort=desc&heartbeat=x%2Fy';
    expect(parseView(address)).toEqual({
      screen: 'alarms',
      search: 'a&b',
      state: 'down',
      sortBy: 'name',
      sort: 'desc',
      heartbeat: 'x/y',
    });
    expect(formatView(parseView(address))).toBe(address);
  });

  it('says nothing of what is usual', () => {
    expect(formatView(parseView(''))).toBe('?');
  });

  it('takes what it does not know for absent', () => {
    expect(parseView('?page=admin&state=broken&sort_by=price&sort=up')).toEqual(parseView(''));
  });
});
