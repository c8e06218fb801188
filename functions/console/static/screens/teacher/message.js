import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { post } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { EmptyState } from "../../parts/empty.js";
import { Field, Form } from "../../parts/form.js";
import { Loaded } from "../../parts/load.js";
import { MomentField, momentOf } from "../../parts/moment-field.js";
import { Card } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { UserText } from "../../parts/values.js";
import { useClass, WholeClass } from "./class-list.js";
import { CoursePage } from "./course-page.js";

/** @import { MessageType } from "lms/api" */

/** @type {MessageType[]} */
const TYPES = ["announcement", "course_update", "exam", "deadline"];

/** A message to the class, or to some of it. @param {import("../../router.js").ScreenProps} props */
export default function Message({ params: { courseId } }) {
  const found = useClass(courseId);
  const [sent, setSent] = useState(0);
  const [chosen, setChosen] = useState(/** @type {string[] | null} */ (null));

  /** @param {import("../../parts/form.js").Values} values */
  async function send({ type, subject, message, sendAt }) {
    const { accepted } = await post("/notifications/send", {
      body: {
        "course_id": courseId, type, message, ...(subject ? { subject } : {}),
        ...(sendAt ? { "send_at": momentOf(sendAt) } : {}), ...(chosen ? { "recipient_ids": chosen } : {}),
      },
    });
    toast(t("teacher.message.sent", { count: accepted }));
    setChosen(null);
    setSent(sent + 1);
  }

  return html`
    <${CoursePage} courseId=${courseId} title=${t("teacher.message.title")} width="">
      <${Card}>
        <${Loaded} of=${found} lines=${6}>${(/** @type {import("./class-list.js").Class} */ { students }) => students.length === 0
    ? html`<${EmptyState} icon="people" text=${t("teacher.roster.none")} />`
    : html`
            <${Form} key=${sent} submit=${t("teacher.message.send")} onSubmit=${send}>
              <${Recipients} of=${found} chosen=${chosen} onChosen=${setChosen} />
              <${Field} name="type" label=${t("teacher.message.type")} options=${TYPES.map((value) => ({ value, label: tOf("messageType", value) }))} />
              <${Field} name="subject" label=${t("teacher.message.subject")} optional maxlength="200" />
              <${Field} name="message" label=${t("teacher.message.text")} rows=${6} maxlength="10000" />
              <${MomentField} name="sendAt" label=${t("teacher.message.sendAt")} optional hint=${t("teacher.message.sendAtHint")} />
            <//>
          `}<//>
      <//>
    <//>
  `;
}

/** @param {{ of: ReturnType<typeof useClass>, chosen: string[] | null, onChosen: (chosen: string[] | null) => void }} props null: all */
function Recipients({ of, chosen, onChosen }) {
  const { students, isWhole } = /** @type {import("./class-list.js").Class} */ (of.data);
  return html`
    <fieldset class="stack">
      <legend>${t("teacher.message.to")}</legend>
      <label class="row"><input type="radio" name="to" checked=${chosen === null} onChange=${() => onChosen(null)} />
        <span>${isWhole ? t("teacher.message.all", { count: students.length }) : t("teacher.message.everybody")}</span></label>
      <label class="row"><input type="radio" name="to" checked=${chosen !== null} onChange=${() => onChosen([])} />
        <span>${t("teacher.message.some")}</span></label>
      ${chosen !== null && html`
        <ul class="recipients">${students.map(({ studentId, name }) => html`
          <li key=${studentId}><label class="row"><input type="checkbox" checked=${chosen.includes(studentId)}
            onChange=${(/** @type {any} */ { target }) =>
    onChosen(target.checked ? [...chosen, studentId] : chosen.filter((one) => one !== studentId))} />
            <${UserText}>${name ?? t("teacher.noName")}<//></label></li>
        `)}</ul>
        <${WholeClass} of=${of} />
      `}
    </fieldset>
  `;
}
