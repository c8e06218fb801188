import { useEffect, useId, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { get } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { problemText } from "../../parts/problem-text.js";
import { UserText } from "../../parts/values.js";
import { Problem } from "../../problem.js";

/** @import { Role, UserView } from "lms/api" */

const PAUSE_MS = 250;

/**
 * Finds a person by their name, address or roll number; `onPick` gets whoever is chosen.
 * @param {{ label: string, role?: Role, onPick: (person: UserView) => unknown }} props
 */
export function PersonPicker({ label, role, onPick }) {
  const [q, setQ] = useState("");
  const [found, setFound] = useState(/** @type {UserView[] | null} */ (null));
  const [fault, setFault] = useState("");
  const latest = useRef(0);
  const id = useId();

  useEffect(() => {
    const turn = ++latest.current;
    setFault("");
    if (!q.trim()) return setFound(null);
    const timer = setTimeout(async () => {
      try {
        const { items } = await get("/auth/users", { query: { q: q.trim(), is_type: role, limit: 8 } });
        if (turn === latest.current) setFound(items);
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        if (turn === latest.current) setFault(problemText(problem));
      }
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [q, role]);

  /** @param {UserView} person */
  function pick(person) {
    setQ("");
    setFound(null);
    return onPick(person);
  }

  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      <input id=${id} type="search" dir="auto" autocomplete="off" value=${q} placeholder=${t("administrator.people.search")}
        onInput=${(/** @type {any} */ event) => setQ(event.target.value)}
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Enter" && event.preventDefault()} />
      <div aria-live="polite">
        ${fault && html`<p class="field-error">${fault}</p>`}
        ${found && found.length === 0 && html`<p class="field-hint">${t("administrator.picker.nobody")}</p>`}
        ${found && found.length > 0 && html`
          <ul class="found" aria-label=${t("administrator.picker.found")}>
            ${found.map((person) => html`
              <li key=${person.id}><button type="button" onClick=${() => pick(person)}>
                <${UserText}>${person.name || person.username}<//><bdi class="quiet">${person.roll_no ?? person.email}</bdi>
              </button></li>
            `)}
          </ul>
        `}
      </div>
    </div>
  `;
}

/** Somebody who was picked, and a button to pick another. @param {{ label: string, person: UserView, onClear: () => void }} props */
export function PickedPerson({ label, person, onClear }) {
  return html`
    <div class="field">
      <span class="field-name">${label}</span>
      <p class="chosen">
        <span><${UserText}>${person.name || person.username}<//> <bdi class="quiet">${person.roll_no ?? person.email}</bdi></span>
        <${Button} kind="quiet" icon="close" small label=${t("administrator.picker.remove", { name: person.name || person.username })} onClick=${onClear} />
      </p>
    </div>
  `;
}
