import { html } from "htm/preact";
import { t } from "../../i18n.js";
import { Icon } from "../../parts/icon.js";
import { useLoad } from "../../parts/load.js";
import { person } from "../../session.js";
import { unsentAttempts } from "./sitting/store.js";

/** The exams of which this device keeps answers that were not sent, as after a tab was killed, and the way to them. */
export function Unsent() {
  const attempts = useLoad(() => unsentAttempts(person.value?.id ?? ""));
  return attempts.data?.map(({ id, examId, examTitle }) => html`
    <p key=${id} class="note">
      <${Icon} name="warning" /><span>${t("student.unsent", { exam: examTitle })} <a href="/app/exams/${examId}/sit">${t("student.unsent.show")}</a></span>
    </p>
  `);
}
