import { get, put } from "../api.js";
import { chooseLanguage, language } from "../i18n.js";
import { person } from "../session.js";

/** @import { Language } from "../i18n.js" */

/** What was chosen in this visit while nobody was signed in. @type {Language | null} */
let chosenBefore = null;

/** Shows everything in a language; whoever is signed in is also written to in it. @param {Language} next */
export async function changeLanguage(next) {
  await chooseLanguage(next);
  if (person.value) await keep(next);
  else chosenBefore = next;
}

/** After signing in, what a person chose just before is theirs; else all is shown in what they chose another time. */
export async function takeOwnLanguage() {
  if (chosenBefore) {
    await keep(chosenBefore);
    chosenBefore = null;
    return;
  }
  const { language: own } = await get("/notifications/{recipientId}/preferences", { params: params() });
  if (own && own !== language.value) await chooseLanguage(own);
}

/** @param {Language} next */
function keep(next) {
  return put("/notifications/{recipientId}/preferences", { params: params(), body: { language: next } });
}

const params = () => ({ recipientId: person.value?.id ?? "" });
