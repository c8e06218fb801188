import { useEffect, useState } from "preact/hooks";
import { html } from "htm/preact";
import { get, post } from "../../api.js";
import { fileSize, t, tOf } from "../../i18n.js";
import { Field, Form } from "../../parts/form.js";
import { Icon } from "../../parts/icon.js";
import { When } from "../../parts/values.js";
import { Problem } from "../../problem.js";
import { ImportReasons } from "./import-reasons.js";

/** @import { CourseExportFormat, CourseExportView } from "lms/api" */

const POLL_MS = 2000;
/** @type {CourseExportFormat[]} */
const FORMATS = ["gift", "moodleXml", "qti", "commonCartridge"];

/** Asks for a file of the course, and gives it when it is complete. @param {{ courseId: string }} props */
export function CourseExport({ courseId }) {
  const [file, setFile] = useState(/** @type {CourseExportView | null} */ (null));
  useEffect(() => {
    if (file?.state !== "gathering") return;
    const timer = setTimeout(async () => {
      try {
        setFile(await get("/exports/{exportId}", { params: { exportId: file.id } }));
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        // The line is down for a moment: it is asked again.
        setFile({ ...file });
      }
    }, POLL_MS);
    return () => clearTimeout(timer);
  }, [file]);
  /** @param {import("../../parts/form.js").Values} values */
  const make = async ({ format }) => setFile(await post("/courses/{courseId}/exports", { params: { courseId }, body: { format } }));
  return html`
    <${Form} submit=${t("teacher.exports.make")} kind="plain" onSubmit=${make}>
      <p>${t("teacher.exports.lead")}</p>
      <${Field} name="format" label=${t("teacher.imports.format")} value="gift"
        options=${FORMATS.map((value) => ({ value, label: tOf("exportFormat", value) }))} />
    <//>
    <div class="export-made" role="status">
      ${file?.state === "gathering" && html`<p><${Icon} name="clock" /> ${t("teacher.exports.running")}</p>`}
      ${file?.state === "failed" && html`<p class="field-error"><${Icon} name="warning" /> <${ImportReasons} reasons=${file.reasons} /></p>`}
      ${file?.url && html`
        <p><a href=${file.url} download><${Icon} name="download" /> <bdi>${file.fileName}</bdi></a>
          ${file.size !== null && html` <span class="quiet">${fileSize(file.size)}</span>`}</p>
        <p class="quiet">${t("teacher.exports.until")} <${When} at=${file.validUntil} /></p>
      `}
    </div>
  `;
}
