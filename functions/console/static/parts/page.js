import { useEffect, useRef } from "preact/hooks";
import { html } from "htm/preact";
import { Icon } from "./icon.js";
import { institute } from "./institute.js";

/** @type {string | null} */
let shownAt = null;

/**
 * A screen: its heading, what can be done with all of it, its content. The heading gets the focus when the screen is
 * reached from another one, so that readers of the screen hear where they are.
 * @param {{
 *   title: string, lead?: unknown, actions?: unknown, back?: { href: string, label: string }, width?: "narrow" | "wide", children?: unknown
 * }} props
 */
export function Page({ title, lead, actions, back, width, children }) {
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    document.title = [title, institute.value.name].filter(Boolean).join(" · ");
  }, [title, institute.value.name]);
  useEffect(() => {
    const isFirst = shownAt === null;
    const isNew = shownAt !== location.pathname;
    shownAt = location.pathname;
    if (isNew && !isFirst && !location.hash) heading.current?.focus({ preventScroll: true });
  }, []);
  return html`
    <div class=${width ? `page page-${width}` : "page"}>
      ${back && html`<a class="page-back" href=${back.href}><${Icon} name="back" />${back.label}</a>`}
      <header class="page-head">
        <h1 tabindex="-1" ref=${heading}><bdi>${title}</bdi></h1>
        ${actions && html`<div class="page-actions">${actions}</div>`}
        ${lead && html`<p class="page-lead">${lead}</p>`}
      </header>
      ${children}
    </div>
  `;
}

/** A part of a screen under a heading of its own. @param {{ title?: string, actions?: unknown, children?: unknown }} props */
export function Card({ title, actions, children }) {
  return html`
    <section class="card">
      ${title && html`<header class="card-head"><h2><bdi>${title}</bdi></h2>${actions}</header>`}
      ${children}
    </section>
  `;
}
