import { html } from "htm/preact";
import { place } from "../router.js";

/** The screens of one thing, beside one another. @param {{ label: string, entries: { href: string, label: string }[] }} props */
export function SubNavigation({ label, entries }) {
  const path = place.value.path.replace(/\/$/, "");
  const here = path + place.value.search;
  const current = entries.find(({ href }) => href === here) ?? entries.filter(({ href }) => path === href || path.startsWith(`${href}/`)).at(-1);
  return html`
    <nav class="sub-navigation" aria-label=${label}>
      <ul>
        ${entries.map((entry) => html`
          <li key=${entry.href}><a href=${entry.href} aria-current=${entry === current ? "page" : undefined}>${entry.label}</a></li>
        `)}
      </ul>
    </nav>
  `;
}
