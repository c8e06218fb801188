import { html } from "htm/preact";
import { del, get } from "../../api.js";
import { t, tOf } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { confirm } from "../../parts/dialog.js";
import { EmptyState } from "../../parts/empty.js";
import { Card, Page } from "../../parts/page.js";
import { PagedTable } from "../../parts/paged-table.js";
import { usePages } from "../../parts/pager.js";
import { toast } from "../../parts/toast.js";
import { Badge, UserText, When } from "../../parts/values.js";
import { person } from "../../session.js";

/** @import { SentMessage } from "lms/api" */

/** What I wrote to my classes: sent, or waiting for its time. */
export default function Messages() {
  const instructorId = person.value?.id ?? "";
  const messages = usePages((cursor) => get("/instructors/{instructorId}/messages", { params: { instructorId }, query: { cursor } }));

  /** @param {SentMessage} message */
  async function takeBack({ id }) {
    const question = {
      title: t("teacher.messages.takeBackTitle"),
      text: t("teacher.messages.takeBackText"),
      action: t("teacher.messages.takeBack"),
      danger: true,
    };
    if (!(await confirm(question))) return;
    await del("/instructors/{instructorId}/messages/{id}", { params: { instructorId, id } });
    toast(t("teacher.messages.takenBack"));
    await messages.reload();
  }

  /** @type {import("../../parts/table.js").Column<SentMessage>[]} */
  const columns = [
    {
      label: t("teacher.messages.message"),
      heads: true,
      cell: ({ subject, message }) => html`<${UserText}>${subject ?? message.slice(0, 120)}<//>`,
    },
    {
      label: t("teacher.messages.course"),
      cell: (row) => row.course_id && html`<a href="/app/teach/courses/${row.course_id}/message"><bdi>${row.course_title}</bdi></a>`,
    },
    { label: t("teacher.messages.recipients"), cell: ({ recipients }) => recipients },
    {
      label: t("teacher.messages.when"),
      cell: (row) => html`<${When} at=${row.sent_at ?? row.send_at ?? row.created_at} />`,
    },
    {
      label: t("teacher.messages.status"),
      cell: ({ status }) => html`<${Badge} tone=${status === "sent" ? "good" : "accent"}>${tOf("messageStatus", status)}<//>`,
    },
    {
      label: t("administrator.actions"),
      cell: (row) => row.status === "waiting" && html`<${Button} small onClick=${() => takeBack(row)}>${t("teacher.messages.takeBack")}<//>`,
    },
  ];
  return html`
    <${Page} title=${t("teacher.messages.title")}>
      <${Card}>
        <${PagedTable} of=${messages} caption=${t("teacher.messages.title")} columns=${columns}
          keyOf=${(/** @type {SentMessage} */ row) => row.id}
          empty=${html`<${EmptyState} icon="message" text=${t("teacher.messages.none")} />`} />
      <//>
    <//>
  `;
}
