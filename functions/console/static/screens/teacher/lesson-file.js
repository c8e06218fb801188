import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { post, put } from "../../api.js";
import { fileSize, percent, t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { Icon } from "../../parts/icon.js";
import { Card } from "../../parts/page.js";
import { problemText } from "../../parts/problem-text.js";
import { toast } from "../../parts/toast.js";
import { sendFile } from "../../parts/upload.js";
import { Progress } from "../../parts/values.js";
import { Problem } from "../../problem.js";

/** @import { AssetType, LessonView } from "lms/api" */

const MOST_BYTES = 200 * 1024 * 1024;
const OFFICE = "application/vnd.openxmlformats-officedocument";
const TYPES = [
  "application/pdf", "video/mp4", "audio/mpeg", "image/png", "image/jpeg", "image/webp", "application/zip",
  `${OFFICE}.wordprocessingml.document`, `${OFFICE}.presentationml.presentation`, `${OFFICE}.spreadsheetml.sheet`,
];

/** A lesson's file, and another one in its place, with how far it is sent.
 * @param {{ lesson: LessonView, onSaved: (lesson: LessonView) => void }} props */
export function LessonFile({ lesson, onSaved }) {
  const [sent, setSent] = useState(/** @type {number | null} */ (null));
  const params = { lessonId: lesson.id };
  const { asset } = lesson;

  /** @param {Event & { currentTarget: HTMLInputElement }} event */
  async function choose({ currentTarget: input }) {
    const file = input.files?.[0];
    input.value = "";
    if (!file) return;
    if (!TYPES.includes(file.type) || file.size > MOST_BYTES) {
      toast(t("teacher.file.hint"), "bad");
      return;
    }
    setSent(0);
    try {
      const contentType = /** @type {AssetType} */ (file.type);
      const form = await post("/lessons/{lessonId}/asset", { params, body: { contentType, fileName: file.name } });
      await sendFile(form.upload, file, setSent);
      onSaved(await put("/lessons/{lessonId}", { params, body: { asset: form.key } }));
      toast(t("teacher.file.attached"));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      toast(problemText(problem), "bad");
    } finally {
      setSent(null);
    }
  }
  const remove = async () => onSaved(await put("/lessons/{lessonId}", { params, body: { asset: null } }));

  return html`
    <${Card} title=${t("teacher.file.title")}>
      ${asset && html`
        <div class="row">
          <a href=${asset.url} target="_blank" rel="noopener noreferrer"><${Icon} name="file" /> <bdi>${asset.fileName}</bdi></a>
          ${asset.size !== null && html`<span class="quiet">${fileSize(asset.size)}</span>`}
          <${Button} small kind="quiet" icon="trash" label=${t("teacher.file.remove")} onClick=${remove} />
        </div>
      `}
      <div class="stack">
        <label class="button button-small file-choose">
          <${Icon} name="upload" /><span>${asset ? t("teacher.file.another") : t("teacher.file.choose")}</span>
          <input class="only-heard" type="file" accept=${TYPES.join()} disabled=${sent !== null} onChange=${choose} />
        </label>
        ${sent !== null && html`<div aria-live="polite"><${Progress} value=${sent} label=${t("teacher.file.sending")} /> ${percent(Math.round(sent))}</div>`}
        <p class="field-hint">${t("teacher.file.hint")}</p>
      </div>
    <//>
  `;
}
