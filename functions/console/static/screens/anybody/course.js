import { html } from "htm/preact";
import { get } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { CourseContents, CourseFacts } from "../../parts/course-offer.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Page } from "../../parts/page.js";
import { UserText } from "../../parts/values.js";

/** @import { CatalogueCourse } from "lms/api" */

/** A course of the catalogue with what it teaches, for whoever is not signed in. @param {import("../../router.js").ScreenProps} props */
export default function Course({ params: { courseId } }) {
  const course = useLoad(() => get("/courses/{courseId}/catalogue", { params: { courseId } }));
  const shown = course.data;
  const back = { href: "/", label: t("front.courses") };
  const way = html`<${Button} kind="main" href="/app/sign-in?to=/app/courses/${courseId}">${t("anybody.course.signIn")}<//>`;
  return html`
    <${Page} title=${shown?.title ?? t("anybody.course.title")} lead=${shown && html`<${UserText}>${shown.programTitle}<//>`} back=${back}
      actions=${shown?.enrollment === "open" && shown.seatsLeft !== 0 && way}>
      <${Loaded} of=${course} lines=${8}>${(/** @type {CatalogueCourse} */ found) => html`
        <${CourseFacts} course=${found} />
        <${CourseContents} course=${found} />
      `}<//>
    <//>
  `;
}
