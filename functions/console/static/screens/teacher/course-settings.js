import { html } from "htm/preact";
import { all, get, put } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { Field, Form } from "../../parts/form.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { CoursePage, keepTitle } from "./course-page.js";

/** @import { CourseDetails, EnrollmentMode, TermView } from "lms/api" */
/** @typedef {{ course: CourseDetails, terms: TermView[] }} Seen */

/** @type {EnrollmentMode[]} */
const MODES = ["open", "closed"];

/** What a course is called, when it is, and who may enrol. @param {import("../../router.js").ScreenProps} props */
export default function CourseSettings({ params: { courseId } }) {
  const params = { courseId };
  const seen = useLoad(async () => {
    const [course, terms] = await Promise.all([
      get("/courses/{courseId}/details", { params }),
      all((query) => get("/terms", { query })),
    ]);
    return { course, terms };
  });

  /** @param {import("../../parts/form.js").Values} values */
  async function save(values) {
    const { title, capacity, enrollment } = values;
    const course = await put("/courses/{courseId}/update", {
      params,
      ifMatch: seen.data?.course.version,
      body: {
        title, enrollment, "short_description": values.short_description ?? "", quarter: values.quarter ?? null,
        termId: values.termId ?? null, capacity: capacity ?? null,
      },
    });
    keepTitle(courseId, course.title);
    toast(t("saved"));
    await seen.reload();
  }

  return html`
    <${CoursePage} courseId=${courseId} title=${t("teacher.settings.title")} width="">
      <${Loaded} of=${seen} lines=${8}>${(/** @type {Seen} */ { course, terms }) => html`
        <${Card}>
          <${Form} key=${course.version} submit=${t("save")} onSubmit=${save}>
            <${Field} name="title" label=${t("teacher.exam.title")} value=${course.title} maxlength="200" />
            <${Field} name="short_description" label=${t("teacher.settings.description")} rows=${4} optional value=${course.short_description} />
            <div class="form-columns">
              <${Field} name="termId" label=${t("teacher.settings.term")} optional value=${course.termId ?? ""}
                options=${[{ value: "", label: t("teacher.settings.noTerm") }, ...terms.map(({ id, title }) => ({ value: id, label: title }))]} />
              <${Field} name="quarter" label=${t("teacher.settings.quarter")} optional value=${course.quarter ?? ""} />
              <${Field} name="capacity" type="number" min="1" label=${t("teacher.settings.capacity")} optional value=${course.capacity ?? ""}
                hint=${t("teacher.settings.capacityHint")} />
              <${Field} name="enrollment" label=${t("teacher.settings.enrollment")} value=${course.enrollment}
                options=${MODES.map((value) => ({ value, label: tOf("enrollmentMode", value) }))} />
            </div>
          <//>
        <//>
      `}<//>
    <//>
  `;
}
