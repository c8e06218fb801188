import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { get, post } from "../../api.js";
import { fileSize, percent, t, tOf } from "../../i18n.js";
import { Drop } from "../../parts/drop.js";
import { EmptyState } from "../../parts/empty.js";
import { Icon } from "../../parts/icon.js";
import { Card } from "../../parts/page.js";
import { PagedTable } from "../../parts/paged-table.js";
import { usePages } from "../../parts/pager.js";
import { problemText } from "../../parts/problem-text.js";
import { Badge, Progress, UserText, When } from "../../parts/values.js";
import { sendFile } from "../../parts/upload.js";
import { Problem } from "../../problem.js";
import { go } from "../../router.js";
import { CourseExport } from "./course-export.js";
import { CoursePage } from "./course-page.js";

/** @import { ImportView } from "lms/api" */

const MOST_BYTES = 200 * 1024 * 1024;
const ACCEPTED = ".gift,.txt,.xml,.zip,.mbz,.imscc,.gz,.tgz";
/** @type {Record<ImportView["state"], "good" | "fair" | "bad" | "plain" | "accent">} */
const TONES = { waiting: "plain", reading: "fair", ready: "accent", failed: "bad", applying: "fair", applied: "good" };

/** Files from elsewhere that were brought into a course, and a file of the course for elsewhere. @param {import("../../router.js").ScreenProps} props */
export default function Imports({ params: { courseId } }) {
  const params = { courseId };
  const imports = usePages((cursor) => get("/courses/{courseId}/imports", { params, query: { cursor } }));
  return html`
    <${CoursePage} courseId=${courseId} title=${t("teacher.imports.title")} width="">
      <${Card} title=${t("teacher.imports.bring")}><${Upload} courseId=${courseId} /><//>
      <${Card} title=${t("teacher.imports.list")}>
        <${PagedTable} of=${imports} caption=${t("teacher.imports.list")} columns=${columns(courseId)} keyOf=${(/** @type {ImportView} */ { id }) => id}
          empty=${html`<${EmptyState} icon="upload" text=${t("teacher.imports.none")} />`} />
      <//>
      <${Card} title=${t("teacher.exports.title")}><${CourseExport} courseId=${courseId} /><//>
    <//>
  `;
}

/** @param {{ state: ImportView["state"] }} props */
export function ImportState({ state }) {
  return html`<${Badge} tone=${TONES[state]}>${tOf("importState", state)}<//>`;
}

/** @param {string} courseId @returns {import("../../parts/table.js").Column<ImportView>[]} */
function columns(courseId) {
  return [
    {
      label: t("teacher.imports.file"),
      heads: true,
      cell: ({ id, fileName }) => html`<a href="/app/teach/courses/${courseId}/imports/${id}"><${UserText}>${fileName}<//></a>`,
    },
    { label: t("teacher.imports.format"), cell: ({ format }) => format ? tOf("fileFormat", format) : "–" },
    { label: t("teacher.imports.by"), cell: ({ createdByName }) => html`<${UserText}>${createdByName ?? t("teacher.noName")}<//>` },
    { label: t("teacher.imports.at"), cell: ({ createdAt }) => html`<${When} at=${createdAt} />` },
    { label: t("teacher.roster.status"), cell: ({ state }) => html`<${ImportState} state=${state} />` },
  ];
}

/** Sends a file, has it read, and leads to what becomes of it. @param {{ courseId: string }} props */
function Upload({ courseId }) {
  const [sending, setSending] = useState(/** @type {{ name: string, percent: number } | null} */ (null));
  const [fault, setFault] = useState("");

  /** @param {File | undefined} file */
  async function take(file) {
    if (!file || sending) return;
    setFault("");
    if (file.size > MOST_BYTES) {
      setFault(t("teacher.imports.tooLarge", { size: fileSize(file.size) }));
      return;
    }
    setSending({ name: file.name, percent: 0 });
    try {
      const { id, upload } = await post("/courses/{courseId}/imports", { params: { courseId }, body: { fileName: file.name } });
      await sendFile(upload, file, (percent) => setSending({ name: file.name, percent }));
      await post("/imports/{importId}/read", { params: { importId: id } });
      go(`/app/teach/courses/${courseId}/imports/${id}`);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      setFault(problemText(problem));
    } finally {
      setSending(null);
    }
  }

  return html`
    <div class="stack">
      <p>${t("teacher.imports.lead")}</p>
      ${sending
    ? html`<div class="drop" aria-live="polite">
          <p>${t("teacher.imports.sending")} <bdi>${sending.name}</bdi> ${percent(Math.round(sending.percent))}</p>
          <${Progress} value=${sending.percent} label=${t("teacher.imports.sending")} />
        </div>`
    : html`<${Drop} text=${t("teacher.imports.drop")} choose=${t("teacher.imports.choose")} accept=${ACCEPTED} onFile=${take} />`}
      <p class="field-hint">${t("teacher.imports.formats")}</p>
      <div role="alert" class="form-fault">${fault && html`<${Icon} name="warning" /><p dir="auto">${fault}</p>`}</div>
    </div>
  `;
}
