import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { t } from "../i18n.js";
import { Button } from "./button.js";
import { useLoad } from "./load.js";

/**
 * A list that grows page by page: `useLoad` whose `data.items` are all that were loaded so far.
 * @template T
 * @param {(cursor: string | undefined) => Promise<{ items: T[], next: string | null }>} load @param {unknown[]} [inputs]
 */
export function usePages(load, inputs = []) {
  const first = useLoad(() => load(undefined), inputs);
  const [more, setMore] = useState(/** @type {{ of: unknown, items: T[], next: string | null } | null} */ (null));
  const isCurrent = more !== null && more.of === first.data;
  const data = first.data && (isCurrent ? { items: more.items, next: more.next } : first.data);
  const loadMore = async () => {
    if (!data?.next) return;
    const page = await load(data.next);
    setMore({ of: first.data, items: [...data.items, ...page.items], next: page.next });
  };
  /** Shows one item in the place of another, without asking for the list again. @param {T} old @param {T} item */
  const replace = (old, item) => {
    if (!first.data) return;
    const replaced = (/** @type {T[]} */ items) => items.map((one) => one === old ? item : one);
    const changed = { ...first.data, items: replaced(first.data.items) };
    first.set(changed);
    if (isCurrent) setMore({ ...more, of: changed, items: replaced(more.items) });
  };
  return { ...first, data, loadMore, replace };
}

/** The button below such a list, while there is more. @param {{ of: { data?: { next: string | null }, loadMore: () => Promise<void> } }} props */
export function Pager({ of }) {
  if (!of.data?.next) return null;
  return html`<div class="pager"><${Button} icon="down" onClick=${of.loadMore}>${t("showMore")}<//></div>`;
}
