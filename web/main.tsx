import { render } from 'preact';
import { App } from './app';
import { readSession } from './session';
import { restorePreferences } from './settings/preferences';

const place = document.getElementById('page');
if (place) {
  void readSession();
  await restorePreferences();
  render(<App />, place);
}
