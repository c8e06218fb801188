import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { post } from "../../api.js";
import { percent, t } from "../../i18n.js";
import { Icon } from "../../parts/icon.js";
import { problemText } from "../../parts/problem-text.js";
import { toast } from "../../parts/toast.js";
import { sendFile } from "../../parts/upload.js";
import { Progress } from "../../parts/values.js";
import { Problem } from "../../problem.js";

/** @import { NewQuestionImage } from "lms/api" */

const MOST_BYTES = 5 * 1024 * 1024;
const TYPES = ["image/png", "image/jpeg", "image/webp"];

/** Sends an image of a course's questions, and hands on the Markdown that shows it.
 * @param {{ courseId: string, onSent: (markdown: string) => void }} props */
export function QuestionImage({ courseId, onSent }) {
  const [sent, setSent] = useState(/** @type {number | null} */ (null));

  /** @param {Event & { currentTarget: HTMLInputElement }} event */
  async function choose({ currentTarget: input }) {
    const file = input.files?.[0];
    input.value = "";
    if (!file) return;
    if (!TYPES.includes(file.type) || file.size > MOST_BYTES) {
      toast(t("teacher.question.imageHint"), "bad");
      return;
    }
    setSent(0);
    try {
      const body = { contentType: /** @type {NewQuestionImage["contentType"]} */ (file.type) };
      const { id, upload } = await post("/courses/{courseId}/questionImages", { params: { courseId }, body });
      await sendFile(upload, file, setSent);
      onSent(`![${file.name.replace(/\.[^.]*$/, "").replace(/[[\]\\]/g, " ")}](image:${id})`);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      toast(problemText(problem), "bad");
    } finally {
      setSent(null);
    }
  }

  return html`
    <div class="stack">
      <label class="button button-small file-choose">
        <${Icon} name="upload" /><span>${t("teacher.question.image")}</span>
        <input class="only-heard" type="file" accept=${TYPES.join()} disabled=${sent !== null} onChange=${choose} />
      </label>
      ${sent !== null && html`<div aria-live="polite"><${Progress} value=${sent} label=${t("teacher.file.sending")} /> ${percent(Math.round(sent))}</div>`}
      <p class="field-hint">${t("teacher.question.imageHint")}</p>
    </div>
  `;
}
