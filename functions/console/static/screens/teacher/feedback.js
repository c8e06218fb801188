import { html } from "htm/preact";
import { get } from "../../api.js";
import { number, t } from "../../i18n.js";
import { EmptyState } from "../../parts/empty.js";
import { Loaded } from "../../parts/load.js";
import { Card } from "../../parts/page.js";
import { Pager, usePages } from "../../parts/pager.js";
import { Badge, UserText, When } from "../../parts/values.js";
import { CoursePage } from "./course-page.js";

/** @import { FeedbackPage, FeedbackView, SummaryView } from "lms/api" */

const RATINGS = [5, 4, 3, 2, 1];

/** What students say of the course. @param {import("../../router.js").ScreenProps} props */
export default function Feedback({ params: { courseId } }) {
  const feedback = usePages((cursor) => get("/feedback/{courseId}", { params: { courseId }, query: { limit: 50, cursor } }));
  return html`
    <${CoursePage} courseId=${courseId} title=${t("teacher.feedback.title")} width="">
      <${Loaded} of=${feedback} lines=${6}>${(/** @type {FeedbackPage} */ { items, summary }) =>
    items.length === 0 ? html`<${EmptyState} icon="message" text=${t("teacher.feedback.none")} />` : html`
        ${summary && html`<${Overview} summary=${summary} />`}
        <ul class="card rows">${items.map((one) => html`<${Entry} key=${one.id} of=${one} />`)}</ul>
        <${Pager} of=${feedback} />
      `}<//>
    <//>
  `;
}

/** @param {{ summary: SummaryView }} props */
function Overview({ summary: { count, average, histogram } }) {
  return html`
    <${Card}>
      <p><span class="big-figure">${average === null ? "–" : number(average)}</span> ${t("teacher.feedback.count", { count })}</p>
      <dl class="ratings-shown">
        ${RATINGS.map((rating) => html`
          <div key=${rating}>
            <dt>${t("teacher.feedback.rating", { rating })}</dt>
            <dd><meter min="0" max=${count || 1} value=${histogram[rating] ?? 0} aria-label=${t("teacher.feedback.rating", { rating })}></meter>
              ${number(histogram[rating] ?? 0)}</dd>
          </div>
        `)}
      </dl>
    <//>
  `;
}

/** @param {{ of: FeedbackView }} props */
function Entry({ of: { rating, comment, instructorName, studentName, updatedAt } }) {
  return html`
    <li class="entry">
      <div class="entry-text">
        ${comment && html`<p class="as-typed" dir="auto">${comment}</p>`}
        <p class="quiet small">
          ${studentName && html`<${UserText}>${studentName}<//> · `}
          ${instructorName && html`${t("teacher.feedback.about")} <${UserText}>${instructorName}<//> · `}
          <${When} at=${updatedAt} as="date" />
        </p>
      </div>
      <${Badge} tone="accent">${t("teacher.feedback.rating", { rating })}<//>
    </li>
  `;
}
