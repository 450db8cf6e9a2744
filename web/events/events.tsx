import type { JSX } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { call, reasonOf } from '../api';
import { objectIn } from '../editor/form';
import { Shown, useReading } from '../reading';
import { t } from '../texts';
import type { Event, Events as Answer, Match } from '../types';
import './events.css';
import { MatchLists } from './match-lists';
import { RecentEvents } from './recent-events';
import { Unmatched } from './unmatched';

/** Tries events on the patterns: which heartbeats would count one, and which almost. */
export function Events(): JSX.Element {
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string>();
  const [match, setMatch] = useState<Match>();
  const reading = useReading<Answer>('heartbeat-events');
  const field = useRef<HTMLTextAreaElement>(null);

  /** What the event before was answered is not of this one. */
  const refuse = (why: string): void => {
    setFault(why);
    setMatch(undefined);
  };
  const find = async (written: string): Promise<void> => {
    const event = objectIn(written);
    if (event === undefined) {
      refuse(t.value.notAnObject);
      field.current?.focus();
      return;
    }
    try {
      setMatch(await call<Match>('POST', 'heartbeat-match', { json: event }));
      setFault(undefined);
    } catch (error) {
      refuse(t.value.failed(reasonOf(error, t.value.unreachable)));
    }
  };
  const use = (event: Event): void => {
    const written = JSON.stringify(event, null, 2);
    setText(written);
    field.current?.focus();
    void find(written);
  };
  return (
    <>
      <EventForm field={field} text={text} fault={fault} onText={setText} onFind={() => void find(text)} />
      {match && <MatchLists match={match} />}
      <Shown reading={reading}>
        {({ events, unmatched }) => (
          <>
            <Unmatched sources={unmatched} />
            <RecentEvents events={events} onUse={use} />
          </>
        )}
      </Shown>
    </>
  );
}

interface EventFormProps {
  field: { current: HTMLTextAreaElement | null };
  text: string;
  fault: string | undefined;
  onText: (text: string) => void;
  onFind: () => void;
}

function EventForm({ field, text, fault, onText, onFind }: EventFormProps): JSX.Element {
  const id = useId();
  const faultId = `${id}-fault`;
  return (
    <form
      class="panel"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onFind();
      }}
    >
      <div class="labelled">
        <label for={id}>{t.value.eventJson}</label>
        <textarea
          id={id}
          ref={field}
          rows={8}
          class="code"
          spellcheck={false}
          aria-invalid={fault !== undefined || undefined}
          aria-describedby={fault && faultId}
          value={text}
          onInput={({ currentTarget }) => onText(currentTarget.value)}
        />
        {fault !== undefined && (
          <p id={faultId} role="alert" class="fault">
            {fault}
          </p>
        )}
      </div>
      <div>
        <button type="submit" class="primary">
          {t.value.find}
        </button>
      </div>
    </form>
  );
}
