import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { get, put } from "../../api.js";
import { LANGUAGES, t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { CountryField } from "../../parts/country-field.js";
import { Field, Form } from "../../parts/form.js";
import { institute } from "../../parts/institute.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card, Page } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";

/** @import { EnrollmentMode, GradeStepBody, InstituteUpdate, InstituteView } from "lms/api" */
/** @typedef {{ key: number, letter: string, from: number | string }} Step */

/** @type {EnrollmentMode[]} */
const MODES = ["open", "closed"];
const MOST_STEPS = 20;

/** What the institute sets once. */
export default function Institute() {
  const settings = useLoad(() => get("/institute"));
  /** @param {InstituteView} answer */
  function saved(answer) {
    settings.set(answer);
    institute.value = answer;
    toast(t("saved"));
  }
  return html`
    <${Page} title=${t("administrator.institute.title")} lead=${t("administrator.institute.lead")}>
      <${Loaded} of=${settings} lines=${8}>
        ${(/** @type {InstituteView} */ data) => html`
          <${General} key="general-${data.version}" data=${data} onSaved=${saved} />
          <${GradeScale} key="grades-${data.version}" data=${data} onSaved=${saved} />
        `}
      <//>
    <//>
  `;
}

/** @param {{ data: InstituteView, onSaved: (answer: InstituteView) => void }} props */
function General({ data, onSaved }) {
  const zones = [...new Set([data.timeZone, ...Intl.supportedValuesOf("timeZone")])].sort();
  /** @param {any} values the form's */
  async function save({ logoUrl = null, country = null, contactEmail = null, ...values }) {
    const { language } = values;
    const languages = [language, ...Object.keys(LANGUAGES).filter((code) => values[code] && code !== language)];
    for (const code of ["language", ...Object.keys(LANGUAGES)]) delete values[code];
    const body = /** @type {InstituteUpdate} */ ({ ...values, logoUrl, country, contactEmail, languages });
    onSaved(await put("/institute", { ifMatch: data.version, body }));
  }
  return html`
    <${Card} title=${t("administrator.institute.general")}>
      <${Form} submit=${t("save")} onSubmit=${save}>
        <div class="form-columns">
          <${Field} name="name" label=${t("administrator.institute.name")} value=${data.name} maxlength="200" />
          <${Field} name="contactEmail" type="email" label=${t("administrator.institute.contact")} hint=${t("administrator.institute.contactHint")}
            value=${data.contactEmail} optional dir="ltr" />
          <${Field} name="logoUrl" type="url" label=${t("administrator.institute.logo")}
            hint=${t("administrator.institute.logoHint")} value=${data.logoUrl} optional dir="ltr" />
          <${Field} name="registration" label=${t("administrator.institute.registration")}
            hint=${t("administrator.institute.registrationHint")} value=${data.registration}
            options=${MODES.map((value) => ({ value, label: tOf("enrollmentMode", value) }))} />
          <${Field} name="timeZone" label=${t("administrator.institute.timeZone")} value=${data.timeZone} dir="ltr"
            options=${zones.map((value) => ({ value, label: value }))} />
          <${CountryField} value=${data.country} />
          <${Field} name="currency" label=${t("administrator.currency")} hint=${t("administrator.institute.currencyHint")}
            value=${data.currency} dir="ltr" pattern="[A-Z]{3}" maxlength="3" />
          <${Field} name="language" label=${t("administrator.institute.language")} hint=${t("administrator.institute.languageHint")}
            value=${data.languages[0]} options=${Object.entries(LANGUAGES).map(([value, { name }]) => ({ value, label: name }))} />
        </div>
        <fieldset class="choices">
          <legend class="field-name">${t("administrator.institute.languages")}</legend>
          ${Object.entries(LANGUAGES).map(([code, { name }]) => html`
            <${Field} key=${code} name=${code} type="checkbox" label=${name} value=${data.languages.some((language) => language === code)} lang=${code} />
          `)}
        </fieldset>
      <//>
    <//>
  `;
}

/** Which letter stands for which percentages. @param {{ data: InstituteView, onSaved: (answer: InstituteView) => void }} props */
function GradeScale({ data, onSaved }) {
  const [steps, setSteps] = useState(/** @type {Step[]} */ (data.gradeScale.map((step, key) => ({ ...step, key }))));
  /** @param {Record<string, any>} values */
  async function save(values) {
    /** @type {GradeStepBody[]} */
    const gradeScale = steps.map(({ key }) => ({ letter: values[`letter-${key}`], from: values[`from-${key}`] }));
    onSaved(await put("/institute", { ifMatch: data.version, body: { gradeScale } }));
  }
  const add = () => setSteps([...steps, { key: Math.max(...steps.map(({ key }) => key)) + 1, letter: "", from: "" }]);
  return html`
    <${Card} title=${t("administrator.institute.gradeScale")}>
      <${Form} submit=${t("save")} onSubmit=${save}
        beside=${steps.length < MOST_STEPS && html`<${Button} icon="plus" onClick=${add}>${t("administrator.institute.addGrade")}<//>`}>
        <p class="quiet">${t("administrator.institute.gradeHint")}</p>
        <ul class="stack">
          ${steps.map(({ key, letter, from }, at) => html`
            <li key=${key} class="filters">
              <${Field} name="letter-${key}" label=${t("administrator.institute.letter")} value=${letter} maxlength="10" dir="ltr" />
              <${Field} name="from-${key}" type="number" min="0" max="100" step="0.01" label=${t("administrator.institute.from")} value=${from} />
              <${Button} kind="quiet" icon="trash" disabled=${steps.length === 1}
                label=${t("administrator.institute.removeGrade", { letter: letter || at + 1 })}
                onClick=${() => setSteps(steps.filter((step) => step.key !== key))} />
            </li>
          `)}
        </ul>
      <//>
    <//>
  `;
}
