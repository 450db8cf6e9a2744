import type { JSX } from 'preact';
import type { State } from '../types';

/** A state is told by its shape, its word and its colour. */
export const GLYPHS: Record<State, string> = {
  down: '▲',
  invalid: '✕',
  waiting: '○',
  paused: '‖',
  up: '●',
};

/** The shape of a state. */
export function Glyph({ state }: { state: State }): JSX.Element {
  return (
    <span class={`glyph ${state}`} aria-hidden="true">
      {GLYPHS[state]}
    </span>
  );
}
