import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { all, get } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { Field, Form } from "../../parts/form.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card } from "../../parts/page.js";

/** @import { EnrollmentView } from "lms/api" */
/** @typedef {{ students: EnrollmentView[], isWhole: boolean }} Class */

/** All active students of a course. @param {string} courseId */
export function classOf(courseId) {
  return all(pageOf(courseId));
}

/** The active students of a course: the first hundred, and with `loadRest` the others too. @param {string} courseId */
export function useClass(courseId) {
  const first = useLoad(() => pageOf(courseId)({ limit: 100 }), [courseId]);
  const [rest, setRest] = useState(/** @type {{ of: unknown, students: EnrollmentView[] } | null} */ (null));
  const others = rest !== null && rest.of === first.data ? rest.students : null;
  /** @type {Class | undefined} */
  const data = first.data && { students: [...first.data.items, ...others ?? []], isWhole: others !== null || first.data.next === null };
  const loadRest = async () => {
    const of = first.data;
    if (of?.next && !others) setRest({ of, students: await all(pageOf(courseId), of.next) });
  };
  return { ...first, data, loadRest };
}

/** @param {string} courseId */
function pageOf(courseId) {
  return (/** @type {{ limit: number, cursor?: string }} */ page) =>
    get("/courses/{courseId}/enrollments", { params: { courseId }, query: { ...page, status: "active" } });
}

/** The way to the others, while not the whole class is shown. @param {{ of: ReturnType<typeof useClass> }} props */
export function WholeClass({ of }) {
  return of.data && !of.data.isWhole && html`<div><${Button} icon="people" onClick=${of.loadRest}>${t("teacher.class.whole")}<//></div>`;
}

/** Chooses one of a class, to be granted more. @param {{ courseId: string, onChosen: (student: EnrollmentView) => void }} props */
export function ChooseStudent({ courseId, onChosen }) {
  const found = useClass(courseId);
  /** @param {import("../../parts/form.js").Values} values */
  function choose({ student }) {
    const chosen = found.data?.students.find(({ studentId }) => studentId === student);
    if (chosen) onChosen(chosen);
  }
  const optionOf = (/** @type {EnrollmentView} */ { studentId, name, rollNo }) => ({ value: studentId, label: [name, rollNo].filter(Boolean).join(" · ") });
  return html`
    <${Loaded} of=${found} lines=${1}>${(/** @type {Class} */ { students }) => students.length > 0 && html`
      <${Card} title=${t("teacher.extra.grant")}>
        <${Form} submit=${t("teacher.extra.choose")} onSubmit=${choose}>
          <${Field} name="student" label=${t("teacher.gradebook.student")} options=${students.map(optionOf)} />
          <${WholeClass} of=${found} />
        <//>
      <//>
    `}<//>
  `;
}
