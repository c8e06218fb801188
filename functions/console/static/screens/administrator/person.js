import { html } from "htm/preact";
import { del, get, patch, post } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { confirm } from "../../parts/dialog.js";
import { Field, Form } from "../../parts/form.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card, Page } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { When } from "../../parts/values.js";
import { go } from "../../router.js";
import { person as me } from "../../session.js";
import { AccountStatus } from "./people.js";
import { roleOptions } from "./roles.js";

/** @import { AccountSwitch, ProfileView, StudentProfile, StudentStatus, UserUpdate } from "lms/api" */
/** @typedef {{ account: ProfileView, student: StudentProfile | null }} Data */

/** @type {StudentStatus[]} */
const STANDINGS = ["active", "suspended", "withdrawn", "graduated"];

/** One person: what administrators correct, disable, erase. @param {import("../../router.js").ScreenProps} props */
export default function Person({ params: { personId } }) {
  const person = useLoad(() => load(personId), [personId]);
  const name = person.data?.account.name || person.data?.account.username;
  return html`
    <${Page} title=${name ?? t("administrator.person.title")} back=${{ href: "/app/admin/people", label: t("administrator.people.title") }}>
      <${Loaded} of=${person}>
        ${(/** @type {Data} */ data) => html`
          <${Account} data=${data} reload=${person.reload} />
          ${data.student && html`<${Standing} student=${data.student} reload=${person.reload} />`}
          ${data.account.id !== me.value?.id && html`<${Ending} account=${data.account} reload=${person.reload} />`}
        `}
      <//>
    <//>
  `;
}

/** @param {string} id @returns {Promise<Data>} */
async function load(id) {
  const account = await get("/auth/users/{user_id}", { params: { user_id: id } });
  // An administrator gets the whole profile.
  const student = account.is_type === "student" ? await get("/students/{student_id}", { params: { student_id: id } }) : null;
  return { account, student: /** @type {StudentProfile | null} */ (student) };
}

/** @param {ProfileView} account */
function paramsOf({ id }) {
  return { "user_id": id };
}

/** @param {{ data: Data, reload: () => Promise<void> }} props */
function Account({ data: { account }, reload }) {
  /** @param {any} values the form's */
  async function save(values) {
    const changed = Object.entries(values).filter(([name, value]) => value !== account[/** @type {keyof ProfileView} */ (name)]);
    const body = /** @type {UserUpdate} */ (Object.fromEntries(changed));
    await patch("/auth/users/{user_id}", { params: paramsOf(account), ifMatch: account.version, body });
    toast(t("saved"));
    await reload();
  }
  async function invite() {
    await post("/auth/users/{user_id}/invite", { params: paramsOf(account) });
    toast(t("administrator.people.invited", { email: account.email }));
    // The account has another version now.
    await reload();
  }
  const facts = html`
    <dl class="fact-list">
      <dt>${t("administrator.people.status")}</dt><dd><${AccountStatus} status=${account.status} /></dd>
      <dt>${t("administrator.person.since")}</dt><dd><${When} at=${account.created_at} as="date" /></dd>
      ${account.mobile_number && html`<dt>${t("administrator.person.mobile")}</dt><dd><bdi>${account.mobile_number}</bdi></dd>`}
    </dl>
  `;
  return html`
    <${Card} title=${t("administrator.person.account")}>
      <div class="stack">
        ${facts}
        <div class="row">
          ${account.status === "invited" && html`<${Button} icon="message" onClick=${invite}>${t("administrator.person.inviteAgain")}<//>`}
          ${account.is_type === "student" && html`
            <${Button} icon="money" href="/app/admin/vouchers?student=${account.id}">${t("administrator.person.vouchers")}<//>
          `}
          <${Button} icon="list" href="/app/admin/audit?subject=${account.id}">${t("administrator.person.audit")}<//>
        </div>
        <${Form} submit=${t("save")} onSubmit=${save} key=${account.version}>
          <div class="form-columns">
            <${Field} name="name" label=${t("administrator.people.name")} value=${account.name} maxlength="200" />
            <${Field} name="email" type="email" label=${t("administrator.people.email")} value=${account.email} dir="ltr"
              hint=${t("administrator.person.emailHint")} />
            ${account.id !== me.value?.id && html`
              <${Field} name="is_type" label=${t("administrator.people.role")} hint=${t("administrator.person.roleHint")} value=${account.is_type}
                options=${roleOptions()} />
            `}
            <${Field} name="username" label=${t("administrator.people.username")} value=${account.username} dir="ltr" />
            ${account.is_type === "student" && html`
              <${Field} name="roll_no" label=${t("administrator.people.rollNo")} value=${account.roll_no} dir="ltr" />
            `}
          </div>
        <//>
      </div>
    <//>
  `;
}

/** @param {{ student: StudentProfile, reload: () => Promise<void> }} props */
function Standing({ student, reload }) {
  /** @param {any} values the form's */
  async function save({ status, program = null, enrollment_year: year = null }) {
    await patch("/students/{student_id}", {
      params: { student_id: student.student_id },
      ifMatch: student.version,
      body: { status, program, enrollment_year: year },
    });
    toast(t("saved"));
    await reload();
  }
  return html`
    <${Card} title=${t("administrator.person.studies")}>
      <${Form} submit=${t("save")} onSubmit=${save} key=${student.version}>
        <div class="form-columns">
          <${Field} name="status" label=${t("administrator.person.standing")} value=${student.student_status}
            hint=${t("administrator.person.standingHint")}
            options=${STANDINGS.map((value) => ({ value, label: tOf("studentStatus", value) }))} />
          <${Field} name="program" label=${t("administrator.person.program")} value=${student.program} optional maxlength="200" />
          <${Field} name="enrollment_year" type="number" label=${t("administrator.person.year")} value=${student.enrollment_year} optional />
        </div>
      <//>
    <//>
  `;
}

/** @param {{ account: ProfileView, reload: () => Promise<void> }} props */
function Ending({ account, reload }) {
  const isDisabled = account.status === "disabled";
  async function turn() {
    const name = account.name || account.username;
    const question = {
      title: t("administrator.person.disableTitle", { name }),
      text: t("administrator.person.disableText"),
      action: t("administrator.person.disable"),
      danger: true,
    };
    if (!isDisabled && !(await confirm(question))) return;
    /** @type {AccountSwitch} */
    const status = isDisabled ? "active" : "disabled";
    await patch("/auth/users/{user_id}", { params: paramsOf(account), ifMatch: account.version, body: { status } });
    toast(isDisabled ? t("administrator.person.enabled") : t("administrator.person.disabled"));
    await reload();
  }
  async function erase() {
    await del("/auth/users/{user_id}", { params: paramsOf(account), ifMatch: account.version });
    toast(t("administrator.person.erased"));
    go("/app/admin/people", { replace: true });
  }
  return html`
    <${Card} title=${t("administrator.person.ending")}>
      <div class="stack">
        <p class="quiet">${isDisabled ? t("administrator.person.isDisabled") : t("administrator.person.disableText")}</p>
        <div class="row">
          <${Button} kind=${isDisabled ? "plain" : "danger"} onClick=${turn}>
            ${isDisabled ? t("administrator.person.enable") : t("administrator.person.disable")}
          <//>
        </div>
        <h3>${t("administrator.person.eraseTitle")}</h3>
        <p class="quiet">${t("administrator.person.eraseText")}</p>
        <${Form} submit=${t("administrator.person.erase")} kind="danger" onSubmit=${erase}>
          <${Field} name="confirmation" label=${t("administrator.person.eraseConfirm", { username: account.username })} dir="ltr"
            autocomplete="off" pattern=${account.username.replaceAll(".", "[.]")} title=${account.username} />
        <//>
      </div>
    <//>
  `;
}
