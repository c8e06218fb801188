import { html } from "htm/preact";
import { Loaded } from "./load.js";
import { Pager } from "./pager.js";
import { Table } from "./table.js";

/**
 * A list of the API's as a table that grows page by page; `empty` stands in its place when there is nothing.
 * @template T
 * @param {{
 *   of: ReturnType<typeof import("./pager.js").usePages<T>>, empty: unknown, caption: string,
 *   columns: import("./table.js").Column<T>[], keyOf: (row: T) => string
 * }} props
 */
export function PagedTable({ of, empty, ...table }) {
  return html`
    <${Loaded} of=${of}>
      ${(/** @type {{ items: T[], next: string | null }} */ { items, next }) =>
    items.length === 0 && !next ? empty : html`<${Table} ...${table} rows=${items} /><${Pager} of=${of} />`}
    <//>
  `;
}
