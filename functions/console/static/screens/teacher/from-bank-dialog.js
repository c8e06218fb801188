import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { all, get, post } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { EmptyState } from "../../parts/empty.js";
import { Field, Form } from "../../parts/form.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Pager, usePages } from "../../parts/pager.js";
import { Tabs } from "../../parts/tabs.js";
import { toast } from "../../parts/toast.js";
import { difficultyOptions } from "./bank-fields.js";
import { BankFilterFields, BankQuestionEntry, tagOptions } from "./bank-list.js";

/** @import { Difficulty, ExamDetails, PageOfBankQuestionView, QuestionsFromBank, TagCount } from "lms/api" */

/**
 * Questions of the course's bank for an exam: chosen ones, or some of a tag that are drawn for each attempt.
 * @param {{ exam: ExamDetails, onClose: () => void, onAdded: () => Promise<unknown> }} props
 */
export function FromBankDialog({ exam, onClose, onAdded }) {
  const [shown, show] = useState("choose");
  const params = { courseId: exam.courseId };
  const tags = useLoad(() => all((page) => get("/courses/{courseId}/questionBank/tags", { params, query: page })));

  /** @param {QuestionsFromBank} body */
  async function add(body) {
    const { added } = await post("/exams/{examId}/questions/fromBank", { params: { examId: exam.id }, body });
    toast(t("teacher.fromBank.added", { count: added }));
    onClose();
    await onAdded();
  }

  return html`
    <${Dialog} wide title=${t("teacher.fromBank.title")} onClose=${onClose}>
      <${Loaded} of=${tags}>${(/** @type {TagCount[]} */ found) => html`
        <${Tabs} label=${t("teacher.fromBank.title")} shown=${shown} onShow=${show} tabs=${[
    { id: "choose", label: t("teacher.fromBank.choose"), content: () => html`<${Choose} courseId=${exam.courseId} tags=${found} onChosen=${add} />` },
    { id: "draw", label: t("teacher.fromBank.draw"), content: () => html`<${Draw} tags=${found} onDraw=${add} />` },
  ]} />
      `}<//>
    <//>
  `;
}

/** @param {{ courseId: string, tags: TagCount[], onChosen: (body: QuestionsFromBank) => Promise<void> }} props */
function Choose({ courseId, tags, onChosen }) {
  const [wanted, setWanted] = useState(/** @type {Record<string, string>} */ ({}));
  const [chosen, setChosen] = useState(/** @type {string[]} */ ([]));
  const questions = usePages(
    (cursor) => get("/courses/{courseId}/questionBank", { params: { courseId }, query: { ...wanted, cursor } }),
    [JSON.stringify(wanted)],
  );
  /** @param {any} event of a field */
  const narrow = ({ target }) => setWanted({ ...wanted, [target.name]: target.value });
  return html`
    <div class="stack">
      <div class="filters"><${BankFilterFields} tags=${tags} shown=${wanted} onChange=${narrow} /></div>
      <${Loaded} of=${questions}>${(/** @type {PageOfBankQuestionView} */ { items, next }) => html`
        ${items.length === 0 && !next && html`<${EmptyState} icon="exam" text=${t("teacher.fromBank.none")} />`}
        <ul class="rows">${items.map((question) => html`
          <${BankQuestionEntry} key=${question.id} question=${question} before=${html`
            <input type="checkbox" checked=${chosen.includes(question.id)} aria-label=${question.title ?? question.questionText}
              onChange=${(/** @type {any} */ { target }) =>
    setChosen(target.checked ? [...chosen, question.id] : chosen.filter((id) => id !== question.id))} />
          `} />
        `)}</ul>
        <${Pager} of=${questions} />
      `}<//>
      <div class="dialog-end">
        <${Button} kind="main" disabled=${chosen.length === 0} onClick=${() => onChosen({ questionIds: chosen })}>
          ${t("teacher.fromBank.add", { count: chosen.length })}
        <//>
      </div>
    </div>
  `;
}

/** @param {{ tags: TagCount[], onDraw: (body: QuestionsFromBank) => Promise<void> }} props */
function Draw({ tags, onDraw }) {
  if (tags.length === 0) return html`<${EmptyState} icon="exam" text=${t("teacher.fromBank.noTags")} />`;
  /** @param {import("../../parts/form.js").Values} values */
  const draw = ({ tag, difficulty, count, points }) =>
    onDraw({ draws: [{ tag, count, points, .../** @type {{ difficulty?: Difficulty }} */ (difficulty ? { difficulty } : {}) }] });
  return html`
    <${Form} submit=${t("teacher.fromBank.addDraw")} onSubmit=${draw}>
      <p class="quiet">${t("teacher.fromBank.drawText")}</p>
      <div class="form-columns">
        <${Field} name="tag" label=${t("teacher.bank.tag")} options=${tagOptions(tags, t("sit.match.choose"))} />
        <${Field} name="difficulty" label=${t("teacher.bank.difficulty")} optional options=${difficultyOptions(t("teacher.bank.allDifficulties"))} />
        <${Field} name="count" type="number" min="1" max="200" step="1" label=${t("teacher.fromBank.count")} value=${5} />
        <${Field} name="points" type="number" min="0" step="any" label=${t("teacher.fromBank.points")} value=${1} />
      </div>
    <//>
  `;
}
