import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { del, get, post } from "../../api.js";
import * as clock from "../../clock.js";
import { t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { confirm } from "../../parts/dialog.js";
import { EmptyState } from "../../parts/empty.js";
import { Field } from "../../parts/form.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card } from "../../parts/page.js";
import { Skeleton } from "../../parts/skeleton.js";
import { toast } from "../../parts/toast.js";
import { UserText } from "../../parts/values.js";
import { askBeforeLeaving, go } from "../../router.js";
import { useClass, WholeClass } from "./class-list.js";
import { CoursePage } from "./course-page.js";

/** @import { AttendanceStatus, EnrollmentView } from "lms/api" */
/** @typedef {Record<string, AttendanceStatus>} Marked by student */
/** @typedef {{ date: string, marked: Marked, isKept: boolean }} Sheet what is recorded of a day */

/** @type {AttendanceStatus[]} */
const STATUSES = ["present", "late", "absent", "excused"];
/** @type {Record<string, AttendanceStatus>} */
const KEYS = { KeyP: "present", KeyL: "late", KeyA: "absent", KeyE: "excused" };

/** Who was there on one day, the whole class by keys. @param {import("../../router.js").ScreenProps} props `?date=` */
export default function Attendance({ params: { courseId }, query }) {
  const date = query.get("date") ?? today();
  const sheet = useLoad(() => load(courseId, date), [date]);
  const found = useClass(courseId);
  // The first are there to be marked while the others come; where these do not, a button asks for them.
  useEffect(() => void found.loadRest().catch((problem) => console.info(problem)), [found.data?.isWhole]);
  const show = (/** @type {string} */ day) => day && go(`/app/teach/courses/${courseId}/attendance?date=${day}`, { replace: true });
  return html`
    <${CoursePage} courseId=${courseId} title=${t("teacher.attendance.title")} width="">
      <${Card}>
        <div class="row day">
          <${Button} icon="back" label=${t("teacher.attendance.dayBefore")} onClick=${() => show(dayFrom(date, -1))} />
          <${Field} name="date" type="date" dir="ltr" label=${t("teacher.attendance.date")} value=${date}
            onChange=${(/** @type {any} */ { target }) => show(target.value)} />
          <${Button} icon="forward" label=${t("teacher.attendance.dayAfter")} onClick=${() => show(dayFrom(date, 1))} />
        </div>
        <${Loaded} of=${found} lines=${8}>${(/** @type {import("./class-list.js").Class} */ { students }) =>
    students.length === 0
      ? html`<${EmptyState} icon="people" text=${t("teacher.roster.none")} />`
      : html`<${Loaded} of=${sheet} lines=${8}>${(/** @type {Sheet} */ loaded) =>
        // While a day loads, there is still that of the day before.
        loaded.date === date
          ? html`<${Class} key=${date} courseId=${courseId} of=${found} sheet=${loaded} onChanged=${sheet.set} />`
          : html`<${Skeleton} lines=${8} />`}<//>`}<//>
      <//>
    <//>
  `;
}

/** @param {string} courseId @param {string} date @returns {Promise<Sheet>} */
async function load(courseId, date) {
  const kept = await get("/attendance/{courseId}", { params: { courseId }, query: { date } });
  const records = kept.items[0]?.records ?? [];
  return { date, isKept: kept.items.length > 0, marked: Object.fromEntries(records.map(({ studentId, status }) => [studentId, status])) };
}

/** @param {{ courseId: string, of: ReturnType<typeof useClass>, sheet: Sheet, onChanged: (sheet: Sheet) => void }} props */
function Class({ courseId, of, sheet: { date, marked: before, isKept }, onChanged }) {
  const { students, isWhole } = /** @type {import("./class-list.js").Class} */ (of.data);
  const [marked, setMarked] = useState(before);
  const left = students.filter(({ studentId }) => !marked[studentId]).length;
  const isChanged = students.some(({ studentId }) => marked[studentId] !== before[studentId]);
  useEffect(() => askBeforeLeaving(isChanged ? t("teacher.unsaved") : null), [isChanged]);

  const mark = useCallback((/** @type {string} */ studentId, /** @type {AttendanceStatus} */ status) => {
    setMarked((now) => ({ ...now, [studentId]: status }));
  }, []);

  async function save() {
    const records = students.flatMap(({ studentId }) => marked[studentId] ? [{ studentId, status: marked[studentId] }] : []);
    await post("/attendance", { body: { courseId, date, records } });
    onChanged({ date, isKept: true, marked });
    toast(t("saved"));
  }
  async function remove() {
    const wanted = await confirm({ title: t("teacher.attendance.delete"), action: t("teacher.attendance.delete"), danger: true });
    if (!wanted) return;
    await del("/attendance/{courseId}/{date}", { params: { courseId, date } });
    setMarked({});
    onChanged({ date, isKept: false, marked: {} });
  }
  const everybody = () => setMarked({ ...Object.fromEntries(students.map(({ studentId }) => [studentId, /** @type {const} */ ("present")])), ...marked });

  return html`
    <div class="row attendance-head">
      <p class="quiet small">${t("teacher.attendance.keys")}</p>
      <${Button} small disabled=${!isWhole} onClick=${everybody}>${t("teacher.attendance.everybody")}<//>
    </div>
    <ol class="attendance">
      ${students.map((student) => html`
        <${Student} key=${student.studentId} student=${student} status=${marked[student.studentId]} onMark=${mark} />
      `)}
    </ol>
    <${WholeClass} of=${of} />
    <div class="row attendance-foot">
      <${Button} kind="main" disabled=${!isWhole} onClick=${save}>${t("save")}<//>
      ${isKept && html`<${Button} kind="danger" icon="trash" onClick=${remove}>${t("teacher.attendance.delete")}<//>`}
      <span class="quiet" aria-live="polite">${left > 0 && t("teacher.attendance.left", { count: left })}</span>
    </div>
  `;
}

/**
 * One of a class; a key marks and goes on to the next. Of many, only one that is marked is drawn anew.
 * @param {{ student: EnrollmentView, status?: AttendanceStatus, onMark: (studentId: string, status: AttendanceStatus) => void }} props
 */
function Student({ student: { studentId, name }, status: marked, onMark }) {
  const row = useRef(/** @type {HTMLElement | null} */ (null));

  /** @param {KeyboardEvent} event */
  function press(event) {
    const status = KEYS[event.code];
    const goes = status || event.key === "ArrowDown" ? "nextElementSibling" : event.key === "ArrowUp" ? "previousElementSibling" : null;
    if (!goes || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (status) onMark(studentId, status);
    const to = row.current?.[goes];
    /** @type {HTMLElement | null | undefined} */ (to?.querySelector("input:checked") ?? to?.querySelector("input"))?.focus();
  }

  return html`
    <li ref=${row}>
      <div role="radiogroup" aria-labelledby="name-${studentId}" onKeyDown=${press}>
        <span class="attendance-name" id="name-${studentId}"><${UserText}>${name ?? t("teacher.noName")}<//></span>
        ${STATUSES.map((status) => html`
          <label key=${status} class="attendance-${status}">
            <input type="radio" name="status-${studentId}" value=${status} checked=${marked === status} onChange=${() => onMark(studentId, status)} />
            <span>${tOf("attendanceStatus", status)}</span>
          </label>
        `)}
      </div>
    </li>
  `;
}

function today() {
  const now = new Date(clock.serverNow());
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** @param {string} date @param {number} days */
function dayFrom(date, days) {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
}
