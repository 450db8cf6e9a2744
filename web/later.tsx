import type { FunctionComponent, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from './texts';

/**
 * @param load brings the component, with its code
 * @returns a component that is loaded when it is first shown: the list is there sooner without it
 */
export function later<P>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  let loaded: FunctionComponent<P> | undefined;
  return function Later(props: P): JSX.Element {
    const [, again] = useState(0);
    const [isLost, setLost] = useState(false);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (component) => {
          loaded = component;
          again(1);
        },
        () => setLost(true),
      );
    }, []);
    const Component = loaded;
    if (Component) return <Component {...(props as P & object)} />;
    return isLost ? <Lost /> : <p>{t.value.loading}</p>;
  };
}

/** Its file is gone, or the server is: where there is a newer one, the page has to be loaded anew. */
function Lost(): JSX.Element {
  return (
    <p role="alert">
      {t.value.failed(t.value.unreachable)}{' '}
      <button type="button" onClick={() => location.reload()}>
        {t.value.tryAgain}
      </button>
    </p>
  );
}
