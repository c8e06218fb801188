import { html } from "htm/preact";

/**
 * @template T
 * @typedef {{ label: string, cell: (row: T) => unknown, number?: boolean, heads?: boolean }} Column
 * `number` aligns to the end; the column that `heads` names the row.
 */

/**
 * A table, which becomes a list of cards where it has little room, as on a phone: each cell behind its column's label.
 * With `grid` it stays a table and scrolls within itself.
 * @template T
 * @param {{ caption: string, columns: Column<T>[], rows: T[], keyOf: (row: T) => string, grid?: boolean }} props
 */
export function Table({ caption, columns, rows, keyOf, grid = false }) {
  const table = html`
    <table class=${grid ? "table" : "table table-cards"}>
      <caption class="only-heard">${caption}</caption>
      <thead>
        <tr>${columns.map((column) => html`<th scope="col" class=${column.number ? "number" : undefined}>${column.label}</th>`)}</tr>
      </thead>
      <tbody>
        ${rows.map((row) => html`
          <tr key=${keyOf(row)}>
            ${columns.map((column) => html`<${column.heads ? "th" : "td"} scope=${column.heads ? "row" : undefined}
              class=${column.number ? "number" : undefined} data-label=${column.label}>${column.cell(row)}<//>`)}
          </tr>
        `)}
      </tbody>
    </table>
  `;
  return grid ? html`<div class="scroller" tabindex="0" role="region" aria-label=${caption}>${table}</div>` : html`<div class="table-box">${table}</div>`;
}
