import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { t } from "../i18n.js";
import { Problem } from "../problem.js";
import { Button } from "./button.js";
import { EmptyState } from "./empty.js";
import { problemText } from "./problem-text.js";
import { Skeleton } from "./skeleton.js";

/**
 * @template T
 * @typedef {{ data: T | undefined, problem: Problem | null, loading: boolean, reload: () => Promise<void>, set: (data: T) => void }} Resource
 */

/**
 * What a screen shows, from the API: loaded when it appears, and again when one of `inputs` changes. Old data stay
 * while new ones load. `set` shows what a change answered without asking again.
 * @template T
 * @param {() => Promise<T>} load @param {unknown[]} [inputs]
 * @returns {Resource<T>}
 */
export function useLoad(load, inputs = []) {
  const [state, setState] = useState(
    /** @type {{ data: T | undefined, problem: Problem | null, loading: boolean }} */
    ({ data: undefined, problem: null, loading: true }),
  );
  const latest = useRef(0);
  const reload = useCallback(async () => {
    const turn = ++latest.current;
    setState((now) => ({ ...now, loading: true }));
    try {
      const data = await load();
      if (turn === latest.current) setState({ data, problem: null, loading: false });
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (turn === latest.current) setState((now) => ({ ...now, problem, loading: false }));
    }
  }, inputs);
  useEffect(() => {
    reload();
    return () => void latest.current++;
  }, [reload]);
  return { ...state, reload, set: (data) => setState({ data, problem: null, loading: false }) };
}

/**
 * A skeleton, then what `children` makes of the data; or what went wrong, and a button to try again.
 * @template T
 * @param {{ of: Resource<T>, lines?: number, children: (data: T) => unknown }} props
 */
export function Loaded({ of, lines, children }) {
  if (of.data !== undefined) {
    return html`<div class="loaded" aria-busy=${of.loading ? "true" : undefined}>${children(of.data)}</div>`;
  }
  if (!of.problem) return html`<${Skeleton} lines=${lines} />`;
  return html`
    <${EmptyState} icon=${of.problem.status === 0 ? "offline" : "warning"} text=${problemText(of.problem)}>
      ${![403, 404].includes(of.problem.status) && html`<${Button} onClick=${of.reload}>${t("tryAgain")}<//>`}
    <//>
  `;
}
