import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { post } from "../../api.js";
import { t } from "../../i18n.js";
import { Icon } from "../../parts/icon.js";
import { problemText } from "../../parts/problem-text.js";
import { toast } from "../../parts/toast.js";
import { Problem } from "../../problem.js";

const KINDS = ["image/png", "image/jpeg", "image/webp"];
const MOST_BYTES = 2 * 1024 * 1024;

/** A student's picture, and another one in its place. @param {{ url: string | null, onChanged: () => Promise<void> }} props */
export function Picture({ url, onChanged }) {
  const [busy, setBusy] = useState(false);

  /** @param {Event & { currentTarget: HTMLInputElement }} event */
  async function choose({ currentTarget: input }) {
    const file = input.files?.[0];
    input.value = "";
    if (!file) return;
    if (!KINDS.includes(file.type) || file.size > MOST_BYTES) {
      toast(t("account.picture.hint"), "bad");
      return;
    }
    setBusy(true);
    try {
      await send(file);
      toast(t("account.picture.changed"));
      await onChanged();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      toast(problemText(problem), "bad");
    } finally {
      setBusy(false);
    }
  }

  return html`
    <div class="picture" aria-busy=${busy ? "true" : undefined}>
      ${url ? html`<img src=${url} alt=${t("account.picture.alt")} />` : html`<span class="picture-none"><${Icon} name="person" /></span>`}
      <div>
        <label class="button button-small picture-choose">
          <${Icon} name="upload" /><span>${busy ? t("account.picture.sending") : t("account.picture.choose")}</span>
          <input class="only-heard" type="file" accept=${KINDS.join()} disabled=${busy} onChange=${choose} />
        </label>
        <p class="field-hint">${t("account.picture.hint")}</p>
      </div>
    </div>
  `;
}

/** @param {File} file */
async function send(file) {
  const { upload, key } = await post("/student/profilePicture");
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
  form.append("file", file);
  const answer = await fetch(upload.url, { method: "POST", body: form }).catch(() => {
    throw new Problem(0);
  });
  if (!answer.ok) throw new Problem(answer.status);
  await post("/student/updateProfile", { body: { profile_picture: key } });
}
