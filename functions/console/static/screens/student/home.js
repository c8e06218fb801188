import { html } from "htm/preact";
import { t } from "../../i18n.js";
import { Page } from "../../parts/page.js";

export default function Home() {
  return html`<${Page} title=${t("student.home.title")} />`;
}
