import { html } from "htm/preact";
import { get, put } from "../../api.js";
import { chooseLanguage, LANGUAGES, t, tOf } from "../../i18n.js";
import { Field, Form } from "../../parts/form.js";
import { institute } from "../../parts/institute.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Card } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { person } from "../../session.js";
import { AccountPage } from "./account-page.js";

/** @import { Channel, PreferencesView } from "lms/api" */

/** @type {(keyof PreferencesView["channels"])[]} */
const GROUPS = ["course", "exam", "payment", "announcement"];
/** @type {Channel[]} */
const CHANNELS = ["in_app", "email", "sms"];
const LANGUAGE_OPTIONS = Object.entries(LANGUAGES).map(([value, { name }]) => ({ value, label: name }));

/** What I am told of, by which way, and when not. */
export default function Preferences() {
  const params = { recipientId: person.value?.id ?? "" };
  const preferences = useLoad(() => get("/notifications/{recipientId}/preferences", { params }));

  /** @param {import("../../parts/form.js").Values} values */
  async function save({ quiet, from, until, time_zone: zone, language: own, ...boxes }) {
    const channels = Object.fromEntries(
      GROUPS.map((group) => [group, CHANNELS.filter((channel) => boxes[`${group}.${channel}`])]),
    );
    preferences.set(
      await put("/notifications/{recipientId}/preferences", {
        params,
        body: { channels, time_zone: zone, language: own, quiet_hours: quiet ? { from, until } : null },
        ifMatch: preferences.data?.version,
      }),
    );
    await chooseLanguage(own);
    toast(t("saved"));
  }

  return html`
    <${AccountPage} title=${t("account.preferences.title")} lead=${t("account.preferences.lead")}>
      <${Loaded} of=${preferences} lines=${8}>${(/** @type {PreferencesView} */ { channels, quiet_hours: quiet, time_zone: zone, language: own }) => html`
        <${Card}>
          <${Form} submit=${t("save")} onSubmit=${save}>
            <div class="preference-groups">
              ${GROUPS.map((group) => html`
                <fieldset key=${group} class="stack">
                  <legend>${tOf("account.preferences.group", group)}</legend>
                  ${CHANNELS.map((channel) => html`<${Field} key=${channel} type="checkbox" name="${group}.${channel}"
                    label=${tOf("channel", channel)} value=${channels[group].includes(channel)} />`)}
                </fieldset>
              `)}
            </div>
            <${Field} name="language" label=${t("account.preferences.language")} hint=${t("account.preferences.languageHint")}
              value=${own ?? institute.value.languages?.[0]} options=${LANGUAGE_OPTIONS} />
            <h2>${t("account.preferences.quiet")}</h2>
            <${Field} type="checkbox" name="quiet" label=${t("account.preferences.quietOn")} value=${quiet !== null}
              hint=${t("account.preferences.quietHint")} />
            <div class="form-columns">
              <${Field} type="time" name="from" label=${t("account.preferences.from")} value=${quiet?.from ?? "22:00"} dir="ltr" />
              <${Field} type="time" name="until" label=${t("account.preferences.until")} value=${quiet?.until ?? "07:00"} dir="ltr" />
              <${Field} name="time_zone" label=${t("account.preferences.zone")} value=${zone} dir="ltr" options=${zones(zone)} />
            </div>
          <//>
        <//>
      `}<//>
    <//>
  `;
}

/** All that the browser knows, and the one that is chosen. @param {string} chosen */
function zones(chosen) {
  return [...new Set([chosen, ...Intl.supportedValuesOf("timeZone")])].sort().map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }));
}
