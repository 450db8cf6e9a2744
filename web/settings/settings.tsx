import type { JSX } from 'preact';
import { now } from '../clock';
import { Labelled } from '../editor/labelled';
import { blindSince } from '../list/overview';
import { Shown, useReading } from '../reading';
import { session } from '../session';
import { LANGUAGES, type Language, formats, language, t } from '../texts';
import {
  THEMES,
  TIMES,
  type Theme,
  type TimesAs,
  chooseLanguage,
  chooseTheme,
  chooseTimes,
  theme,
  timesAs,
} from './preferences';

/** What one may choose for this browser, and what the server says of itself. */
export function Settings(): JSX.Element {
  const texts = t.value;
  const languages = Object.entries(LANGUAGES) as [Language, string][];
  return (
    <>
      <section class="panel choices">
        <Choice
          label={texts.language}
          value={language.value}
          options={languages}
          onChoice={(chosen) => void chooseLanguage(chosen)}
        />
        <Choice<Theme>
          label={texts.theme}
          value={theme.value}
          options={THEMES.map((one) => [one, texts.themes[one]])}
          onChoice={chooseTheme}
        />
        <Choice<TimesAs>
          label={texts.times}
          value={timesAs.value}
          options={TIMES.map((one) => [one, texts.timesAs[one]])}
          onChoice={chooseTimes}
        />
      </section>
      <section class="panel server">
        <h2>{texts.thisServer}</h2>
        <Server />
      </section>
    </>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: [T, string][];
  onChoice: (chosen: T) => void;
}

function Choice<T extends string>({ label, value, options, onChoice }: ChoiceProps<T>): JSX.Element {
  return (
    <Labelled label={label}>
      {(tied) => (
        <select {...tied} value={value} onChange={({ currentTarget }) => onChoice(currentTarget.value as T)}>
          {options.map(([one, name]) => (
            <option key={one} value={one}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

/** The part of the API's description that is shown. */
interface Description {
  info: { title: string; version: string };
}

function Server(): JSX.Element {
  const reading = useReading<Description>('heartbeat-openapi.json');
  const { version, engine, hears, blind, rights } = t.value;
  const blindAt = blindSince.value;
  return (
    <Shown reading={reading}>
      {({ info }) => (
        <dl>
          <dt>{version}</dt>
          <dd>{info.version}</dd>
          <dt>{engine}</dt>
          <dd>{blindAt === null ? hears : blind(formats.value.time(blindAt, now.value))}</dd>
          <dt>{rights}</dt>
          <dd>{session.value?.rights?.join(', ')}</dd>
        </dl>
      )}
    </Shown>
  );
}
