import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { post } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { confirm } from "../../parts/dialog.js";
import { Field, Form } from "../../parts/form.js";
import { Card, Page } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { Problem } from "../../problem.js";
import { CoursePicker } from "./course-picker.js";
import { PersonPicker, PickedPerson } from "./person-picker.js";

/** @import { Audience, Channel, MessageType, NewMessage, UserView } from "lms/api" */

/** @type {MessageType[]} */
const TYPES = ["announcement", "course_update", "exam", "deadline"];
/** @type {Channel[]} */
const CHANNELS = ["in_app", "email", "sms"];
/** @type {Audience[]} */
const AUDIENCES = ["everybody", "students", "teachers"];

/** A message to the students of a course, to people who are chosen, or to the whole institute. */
export default function Messages() {
  const [to, setTo] = useState("course");
  const [people, setPeople] = useState(/** @type {UserView[]} */ ([]));
  const [sent, setSent] = useState(0);

  /** @param {any} values the form's */
  async function send(values) {
    const channels = CHANNELS.filter((channel) => values[channel]);
    if (to === "people" && !people.length) throw new Problem(422, { detail: t("administrator.messages.choosePeople") });
    if (to === "course" && !values.course_id) throw new Problem(422, { detail: t("administrator.messages.chooseCourse") });
    if (!channels.length) throw new Problem(422, { detail: t("administrator.messages.chooseChannel") });
    const audience = AUDIENCES.find((one) => one === to);
    const addressed = audience ? { audience } : to === "course" ? { course_id: values.course_id } : { recipient_ids: people.map(({ id }) => id) };
    if (audience && !await confirm({
      title: tOf("administrator.messages.toMany", audience),
      text: html`<p>${t("administrator.messages.toManyText")}</p>`,
      action: t("administrator.messages.send"),
    })) return;
    /** @type {NewMessage} */
    const body = {
      type: values.type,
      subject: values.subject,
      message: values.message,
      channels,
      ...(values.send_at ? { send_at: new Date(values.send_at).toISOString() } : {}),
      ...addressed,
    };
    const { accepted } = await post("/notifications/send", { body });
    toast(t("administrator.messages.sent", { count: accepted }));
    setPeople([]);
    setSent(sent + 1);
  }

  return html`
    <${Page} title=${t("administrator.messages.title")} lead=${t("administrator.messages.lead")}>
      <${Card}>
        <${Form} submit=${t("administrator.messages.send")} onSubmit=${send} key=${sent}>
          <${Field} name="to" label=${t("administrator.messages.to")} value=${to} onChange=${(/** @type {any} */ event) => setTo(event.target.value)}
            options=${[
      { value: "course", label: t("administrator.messages.toCourse") },
      { value: "people", label: t("administrator.messages.toPeople") },
      ...AUDIENCES.map((value) => ({ value, label: tOf("audience", value) })),
    ]} />
          ${to === "course" && html`<${CoursePicker} />`}
          ${to === "people" && html`
            ${people.map((person) => html`
              <${PickedPerson} key=${person.id} label=${t("administrator.messages.recipient")} person=${person}
                onClear=${() => setPeople(people.filter((one) => one !== person))} />
            `)}
            <${PersonPicker} label=${t("administrator.messages.addPerson")}
              onPick=${(/** @type {UserView} */ person) => setPeople([...people.filter(({ id }) => id !== person.id), person])} />
          `}
          <div class="form-columns">
            <${Field} name="type" label=${t("administrator.messages.type")} value="announcement"
              options=${TYPES.map((value) => ({ value, label: tOf("messageType", value) }))} />
            <${Field} name="send_at" type="datetime-local" label=${t("administrator.messages.sendAt")}
              hint=${t("administrator.messages.sendAtHint")} optional />
          </div>
          <${Field} name="subject" label=${t("administrator.messages.subject")} optional maxlength="200" />
          <${Field} name="message" label=${t("administrator.messages.message")} rows=${6} maxlength="2000" />
          <fieldset class="choices">
            <legend class="field-name">${t("administrator.messages.channels")}</legend>
            ${CHANNELS.map((channel) => html`
              <${Field} key=${channel} name=${channel} type="checkbox" label=${tOf("channel", channel)} value=${channel !== "sms"} />
            `)}
          </fieldset>
        <//>
      <//>
    <//>
  `;
}
