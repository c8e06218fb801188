import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { get, post, put } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { CountryField } from "../../parts/country-field.js";
import { Dialog } from "../../parts/dialog.js";
import { Field, Form, PasswordField } from "../../parts/form.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { Badge, UserText } from "../../parts/values.js";
import { accept, person } from "../../session.js";
import { AccountPage } from "./account-page.js";
import { Picture } from "./picture.js";

/** @import { ProfileView, StudentProfile } from "lms/api" */
/** @typedef {{ account: ProfileView, student: StudentProfile | null }} Profile */
/** @typedef {import("../../parts/form.js").Values} Values */

/** Who I am, how I am reached, and my password. */
export default function ProfileScreen() {
  const profile = useLoad(load);
  return html`
    <${AccountPage} title=${t("account.profile.title")}>
      <${Loaded} of=${profile} lines=${8}>${(/** @type {Profile} */ { account, student }) => html`
        <${Card} title=${t("account.profile.person")}>
          ${student && html`<${Picture} url=${student.profile_picture_url} onChanged=${profile.reload} />`}
          <${Person} account=${account} student=${student} onChanged=${profile.reload} />
        <//>
        <${Card} title=${t("account.profile.contact")}>
          <div class="stack">
            <${Contact} channel="email" value=${account.email} confirmed=${account.email_verified} onChanged=${profile.reload} />
            <${Contact} channel="mobile_number" value=${account.mobile_number} confirmed=${account.mobile_verified}
              onChanged=${profile.reload} />
          </div>
        <//>
        <${Card} title=${t("account.password.title")}><${Password} username=${account.username} /><//>
      `}<//>
    <//>
  `;
}

/** @returns {Promise<Profile>} */
async function load() {
  const [account, student] = await Promise.all([
    get("/auth/profile"),
    person.value?.role === "student" ? get("/student/profile") : null,
  ]);
  return { account, student };
}

/** @param {Profile & { onChanged: () => Promise<void> }} props */
function Person({ account, student, onChanged }) {
  /** @param {Values} values */
  async function save({ name, city = null, country = null, address = null, date_of_birth: birthday = null }) {
    const body = { name, city, country };
    if (student) await post("/student/updateProfile", { body: { ...body, address, date_of_birth: birthday } });
    else await put("/auth/profile", { body });
    toast(t("saved"));
    await onChanged();
  }

  return html`
    <dl class="facts">
      <div><dt>${t("account.profile.username")}</dt><dd><bdi>${account.username}</bdi></dd></div>
      ${student && html`
        <div><dt>${t("account.profile.rollNo")}</dt><dd><bdi>${student.roll_no}</bdi></dd></div>
        ${student.program && html`<div><dt>${t("account.profile.program")}</dt><dd><${UserText}>${student.program}<//></dd></div>`}
        ${student.enrollment_year && html`<div><dt>${t("account.profile.year")}</dt><dd>${String(student.enrollment_year)}</dd></div>`}
      `}
    </dl>
    <${Form} submit=${t("save")} onSubmit=${save}>
      <${Field} name="name" label=${t("account.profile.name")} value=${account.name} autocomplete="name" maxlength=${200} />
      <div class="form-columns">
        <${Field} name="city" label=${t("account.profile.city")} value=${account.city} optional autocomplete="address-level2" maxlength=${200} />
        <${CountryField} value=${account.country} />
      </div>
      ${student && html`
        <div class="form-columns">
          <${Field} name="address" label=${t("account.profile.address")} value=${student.address} optional autocomplete="street-address" />
          <${Field} name="date_of_birth" label=${t("account.profile.birthday")} type="date" value=${student.date_of_birth} optional
            autocomplete="bday" />
        </div>
      `}
    <//>
  `;
}

/** An address or a number: what it is, whether it is confirmed, and how to change both.
 * @param {{ channel: "email" | "mobile_number", value: string | null, confirmed: boolean, onChanged: () => Promise<void> }} props */
function Contact({ channel, value, confirmed, onChanged }) {
  const [dialog, setDialog] = useState(/** @type {"change" | "confirm" | null} */ (null));
  const isMail = channel === "email";
  const label = isMail ? t("account.contact.email") : t("account.contact.mobile");
  const close = () => setDialog(null);
  return html`
    <div class="contact">
      <div class="contact-value">
        <span class="quiet">${label}</span>
        <strong dir="ltr">${value ?? "–"}</strong>
        ${value && (confirmed
    ? html`<${Badge} tone="good">${t("account.contact.confirmed")}<//>`
    : html`<${Badge} tone="fair">${t("account.contact.unconfirmed")}<//>`)}
      </div>
      <div class="row">
        ${value && !confirmed && html`
          <${Button} small onClick=${() => setDialog("confirm")}>
            ${isMail ? t("account.contact.confirmEmail") : t("account.contact.confirmMobile")}
          <//>
        `}
        <${Button} small kind="quiet" icon="edit" onClick=${() => setDialog("change")}>
          ${isMail ? t("account.contact.changeEmail") : t("account.contact.changeMobile")}
        <//>
      </div>
      ${dialog === "change" && html`<${Change} channel=${channel} value=${value} onClose=${close}
        onChanged=${async () => {
    await onChanged();
    setDialog("confirm");
  }} />`}
      ${dialog === "confirm" && html`<${Confirm} channel=${channel} onClose=${close} onChanged=${onChanged} />`}
    </div>
  `;
}

/** @param {{ channel: "email" | "mobile_number", value: string | null, onClose: () => void, onChanged: () => Promise<void> }} props */
function Change({ channel, value, onClose, onChanged }) {
  const isMail = channel === "email";
  /** @param {Values} values */
  async function save({ email, mobile_number: number = null, current_password: password }) {
    await put("/auth/profile", { body: { ...(isMail ? { email } : { mobile_number: number }), current_password: password } });
    toast(t("saved"));
    if (isMail || number) await onChanged();
    else onClose();
  }
  return html`
    <${Dialog} title=${isMail ? t("account.contact.changeEmail") : t("account.contact.changeMobile")} onClose=${onClose}>
      <${Form} submit=${t("save")} onSubmit=${save}>
        ${isMail
    ? html`<${Field} name="email" type="email" dir="ltr" label=${t("account.contact.email")} value=${value} autocomplete="email"
              hint=${t("account.contact.emailHint")} />`
    : html`<${Field} name="mobile_number" type="tel" dir="ltr" label=${t("account.contact.mobile")} value=${value} optional
              autocomplete="tel" placeholder="+923001234567" hint=${t("account.contact.mobileHint")} />`}
        <${PasswordField} name="current_password" label=${t("account.password.current")} autocomplete="current-password" />
      <//>
    <//>
  `;
}

/** First the code is sent, to a number only with the password; then it is typed in.
 * @param {{ channel: "email" | "mobile_number", onClose: () => void, onChanged: () => Promise<void> }} props */
function Confirm({ channel, onClose, onChanged }) {
  const [sent, setSent] = useState(/** @type {string | null} */ (null));
  const isMail = channel === "email";
  /** @param {Values} values */
  async function send({ current_password: password }) {
    const answer = await post("/auth/verify/start", { body: { channel, current_password: password } });
    setSent(answer.verify_id);
  }
  /** @param {Values} values */
  async function check({ code }) {
    await post("/auth/verify", { body: { verify_id: String(sent), code } });
    toast(t("account.contact.isConfirmed"));
    onClose();
    await onChanged();
  }
  return html`
    <${Dialog} title=${isMail ? t("account.contact.confirmEmail") : t("account.contact.confirmMobile")} onClose=${onClose}>
      ${sent === null
    ? html`
          <${Form} key="send" submit=${t("account.contact.send")} onSubmit=${send}>
            <p>${isMail ? t("account.contact.sendEmail") : t("account.contact.sendMobile")}</p>
            ${!isMail && html`
              <${PasswordField} name="current_password" label=${t("account.password.current")} autocomplete="current-password" />
            `}
          <//>`
    : html`
          <${Form} key="check" submit=${t("account.contact.check")} onSubmit=${check}>
            <${Field} name="code" label=${t("account.contact.code")} hint=${t("account.contact.codeHint")} inputmode="numeric" dir="ltr"
              autocomplete="one-time-code" maxlength=${6} />
          <//>`}
    <//>
  `;
}

/** @param {{ username: string }} props */
function Password({ username }) {
  const [done, setDone] = useState(0);
  /** @param {Values} values */
  async function change({ current_password: current, new_password: next }) {
    const renewed = await post("/auth/change-password", { body: { current_password: current, new_password: next } });
    accept(renewed.access_token, renewed.expires_in);
    toast(t("account.password.changed"));
    setDone(done + 1);
  }
  return html`
    <p class="quiet">${t("account.password.hint")}</p>
    <${Form} key=${done} submit=${t("account.password.change")} onSubmit=${change}>
      <input type="hidden" autocomplete="username" value=${username} />
      <div class="form-columns">
        <${PasswordField} name="current_password" label=${t("account.password.current")} autocomplete="current-password" />
        <${PasswordField} name="new_password" label=${t("account.password.new")} autocomplete="new-password"
          hint=${t("account.password.newHint")} />
      </div>
    <//>
  `;
}
