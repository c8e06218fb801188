import { html } from "htm/preact";
import { t, tOf } from "../../i18n.js";
import { Field } from "../../parts/form.js";
import { Filters } from "../../parts/filters.js";
import { InlineMarkdown } from "../../parts/markdown.js";
import { Badge, UserText } from "../../parts/values.js";
import { difficultyOptions } from "./bank-fields.js";
import { KINDS } from "./key-field.js";

/** @import { BankQuestionView, TagCount } from "lms/api" */
/** @typedef {{ tag?: string, kind?: string, difficulty?: string }} Wanted */

/** What a list of bank questions is narrowed by. @param {{ tags: TagCount[], shown: Wanted, onChange?: (event: Event) => void }} props */
export function BankFilterFields({ tags, shown, onChange }) {
  return html`
    <${Field} name="tag" label=${t("teacher.bank.tag")} optional value=${shown.tag ?? ""} onChange=${onChange}
      options=${tagOptions(tags, t("teacher.bank.allTags"))} />
    <${Field} name="kind" label=${t("teacher.question.kind")} optional value=${shown.kind ?? ""} onChange=${onChange}
      options=${[{ value: "", label: t("teacher.bank.allKinds") }, ...KINDS.map((value) => ({ value, label: tOf("questionKind", value) }))]} />
    <${Field} name="difficulty" label=${t("teacher.bank.difficulty")} optional value=${shown.difficulty ?? ""} onChange=${onChange}
      options=${difficultyOptions(t("teacher.bank.allDifficulties"))} />
  `;
}

/** The same, kept in the address. @param {{ path: string, tags: TagCount[], shown: Wanted }} props */
export function BankFilters({ path, tags, shown }) {
  return html`<${Filters} path=${path}><${BankFilterFields} tags=${tags} shown=${shown} /><//>`;
}

/** @param {TagCount[]} tags @param {string} none */
export function tagOptions(tags, none) {
  return [{ value: "", label: none }, ...tags.map(({ tag, questionCount }) => ({ value: tag, label: `${tag} (${questionCount})` }))];
}

/** A question of a bank in a list. @param {{ question: BankQuestionView, before?: unknown, children?: unknown }} props */
export function BankQuestionEntry({ question, before, children }) {
  const { title, questionText, kind, points, difficulty, tags } = question;
  return html`
    <li class="entry">
      ${before}
      <div class="entry-text">
        ${title && html`<p><b><${UserText}>${title}<//></b></p>`}
        <p class="clipped"><${InlineMarkdown} text=${firstLines(questionText)} images=${question.images} /></p>
        <p class="row">
          <${Badge} tone="accent">${tOf("questionKind", kind)}<//> <${Badge}>${t("sit.points", { count: points })}<//>
          ${difficulty && html`<${Badge}>${tOf("difficulty", difficulty)}<//>`}
          ${tags.map((tag) => html`<span key=${tag} class="small quiet"># <${UserText}>${tag}<//></span>`)}
        </p>
      </div>
      <div class="row">${children}</div>
    </li>
  `;
}

/** As much of a text as a list has room for. @param {string} text */
function firstLines(text) {
  return text.split(/\n{2,}/).find((part) => part.trim()) ?? text;
}
