import { useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { reasonOf } from './api';
import { later } from './later';
import { Banners } from './live/banners';
import { startLive } from './live/live';
import { HeartbeatList } from './list/list';
import { counts, forget } from './list/overview';
import { selectNone } from './list/selection';
import { LogIn } from './login';
import { follow, view } from './navigation';
import { Notice, notify } from './notice';
import { closeDialog, openDialog } from './open-dialog';
import { logOut, may, session, unknownBecause } from './session';
import { formats, t } from './texts';
import { SCREENS, type Screen, formatView } from './view';

/** The whole page. */
export function App(): JSX.Element {
  useTitle();
  if (session.value === undefined) {
    return (
      <main class="login">
        <h1>{t.value.title}</h1>
        {unknownBecause.value === undefined ? (
          <p>{t.value.loading}</p>
        ) : (
          <p role="alert">{t.value.failed(unknownBecause.value)}</p>
        )}
      </main>
    );
  }
  return session.value.user === null ? <LogIn /> : <Inside />;
}

function Inside(): JSX.Element {
  useEffect(startLive, []);
  useEffect(() => forgetAll, []);
  return (
    <>
      <Header />
      <main>
        <h1 class={view.value.screen === 'heartbeats' ? 'unseen' : ''}>{titles()[view.value.screen]}</h1>
        <Banners />
        {may('read') ? <Content /> : <p class="empty">{t.value.noRead}</p>}
        <Dialogs />
        <Notice />
      </main>
    </>
  );
}

const Details = later(async () => (await import('./details/details')).Details);
const DeleteDialog = later(async () => (await import('./editor/delete')).DeleteDialog);
const PauseDialog = later(async () => (await import('./editor/pause')).PauseDialog);
const Editor = later(async () => (await import('./editor/editor')).Editor);
const ChangeSelected = later(async () => (await import('./editor/change-selected')).ChangeSelected);
const DeleteSelected = later(async () => (await import('./editor/delete-selected')).DeleteSelected);
const Alarms = later(async () => (await import('./alarms/alarms')).Alarms);
const Events = later(async () => (await import('./events/events')).Events);
const Maintenance = later(async () => (await import('./maintenance/maintenance')).Maintenance);
const WindowDialog = later(async () => (await import('./maintenance/dialogs')).WindowDialog);
const DeleteWindow = later(async () => (await import('./maintenance/dialogs')).DeleteWindow);
const Settings = later(async () => (await import('./settings/settings')).Settings);

function Content(): JSX.Element {
  const { screen, heartbeat } = view.value;
  if (screen === 'alarms') return <Alarms />;
  if (screen === 'events') return <Events />;
  if (screen === 'maintenance') return <Maintenance />;
  if (screen === 'settings') return <Settings />;
  return (
    <div class="screen">
      <HeartbeatList />
      {heartbeat !== undefined && <Details key={heartbeat} id={heartbeat} />}
    </div>
  );
}

function Dialogs(): JSX.Element | null {
  const open = openDialog.value;
  if (open === undefined) return null;
  if (open.kind === 'new') return <Editor kind="new" pattern={open.pattern} />;
  if (open.kind === 'edit' || open.kind === 'duplicate') return <Editor kind={open.kind} row={open.row} />;
  if (open.kind === 'pause') return <PauseDialog row={open.row} />;
  if (open.kind === 'delete') return <DeleteDialog row={open.row} />;
  if (open.kind === 'window') return <WindowDialog window={open.window} />;
  if (open.kind === 'delete-window') return <DeleteWindow window={open.window} />;
  return open.kind === 'change-selected' ? <ChangeSelected /> : <DeleteSelected />;
}

const titles = (): Record<Screen, string> => {
  const { heartbeatsPage, alarmsPage, eventsPage, maintenancePage, settingsPage } = t.value;
  return {
    heartbeats: heartbeatsPage,
    alarms: alarmsPage,
    events: eventsPage,
    maintenance: maintenancePage,
    settings: settingsPage,
  };
};

function Header(): JSX.Element {
  return (
    <header>
      <nav aria-label={t.value.main}>
        {SCREENS.map((screen) => (
          <a
            key={screen}
            href={formatView({ screen })}
            aria-current={view.value.screen === screen ? 'page' : undefined}
            onClick={(event) => follow(event, { screen, heartbeat: undefined })}
          >
            {titles()[screen]}
          </a>
        ))}
      </nav>
      <span class="user">{session.value?.user}</span>
      <button type="button" onClick={() => void tryToLogOut()}>
        {t.value.logOut}
      </button>
    </header>
  );
}

/** What one user saw and chose is not for the next one. */
function forgetAll(): void {
  forget();
  selectNone();
  closeDialog();
}

async function tryToLogOut(): Promise<void> {
  try {
    await logOut();
  } catch (error) {
    notify(t.value.notLoggedOut(reasonOf(error, t.value.unreachable)));
  }
}

/** Shows how many are silent where one looks at tabs only. */
function useTitle(): void {
  useSignalEffect(() => {
    const down = session.value?.user == null ? 0 : (counts.value?.down ?? 0);
    document.title = down === 0 ? t.value.title : `(${formats.value.number(down)}) ${t.value.title}`;
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon) icon.href = down === 0 ? icon.dataset.up! : icon.dataset.down!;
  });
}
