import { signal } from '@preact/signals';
import { type View, formatView, parseView } from './view';

/** What is to be seen now. */
export const view = signal(parseView(location.search));

window.addEventListener('popstate', () => {
  view.value = parseView(location.search);
});

/** Goes to another view, with a step that the browser can take back. */
export function go(change: Partial<View>): void {
  show(change, 'pushState');
}

/** Changes the view without such a step: while one types. */
export function adjust(change: Partial<View>): void {
  show(change, 'replaceState');
}

function show(change: Partial<View>, how: 'pushState' | 'replaceState'): void {
  view.value = { ...view.value, ...change };
  const query = formatView(view.value);
  history[how](null, '', query === '?' ? location.pathname : query);
}

/** Follows a link within the page, unless the browser is asked for another tab or window. */
export function follow(event: MouseEvent, change: Partial<View>): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return;
  event.preventDefault();
  go(change);
}
