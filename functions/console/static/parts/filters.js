import { html } from "htm/preact";
import { t } from "../i18n.js";
import { go } from "../router.js";
import { Button } from "./button.js";

/**
 * What a list is narrowed by. It is kept in the address, so that it can be linked and gone back to.
 * @param {{ path: string, children?: unknown }} props `children` are `Field`s, named as in the address
 */
export function Filters({ path, children }) {
  /** @param {SubmitEvent} event */
  function show(event) {
    event.preventDefault();
    const given = [...new FormData(/** @type {HTMLFormElement} */ (event.target))].filter(([, value]) => value !== "");
    const query = new URLSearchParams(given.map(([name, value]) => [name, String(value).trim()]));
    go(query.size ? `${path}?${query}` : path);
  }
  return html`
    <form class="filters" role="search" onSubmit=${show}>
      ${children}
      <${Button} type="submit" icon="search">${t("filters.show")}<//>
    </form>
  `;
}
