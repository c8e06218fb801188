import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { post } from "../../api.js";
import { t } from "../../i18n.js";
import { Field, Form } from "../../parts/form.js";
import { Card } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";

/** What a student thinks of a course; said again, it replaces what was said. @param {{ courseId: string }} props */
export function Feedback({ courseId }) {
  const [given, setGiven] = useState(0);
  /** @param {import("../../parts/form.js").Values} values */
  async function send({ rating, comment }) {
    await post("/feedback", { body: { courseId, rating: Number(rating), comment } });
    toast(t("student.feedback.thanks"));
    setGiven(given + 1);
  }
  return html`
    <${Card} title=${t("student.feedback.title")}>
      <p class="quiet">${t("student.feedback.text")}</p>
      <${Form} key=${given} submit=${t("student.feedback.send")} onSubmit=${send}>
        <fieldset class="ratings">
          <legend>${t("student.feedback.rating")}</legend>
          ${[1, 2, 3, 4, 5].map((rating) => html`
            <label key=${rating}><input type="radio" name="rating" value=${rating} required />${t("student.feedback.stars", { count: rating })}</label>
          `)}
        </fieldset>
        <${Field} name="comment" label=${t("student.feedback.comment")} rows=${3} optional maxlength=${2000} />
      <//>
    <//>
  `;
}
