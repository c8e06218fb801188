import { createContext } from "preact";
import { useContext, useEffect, useId, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { t } from "../i18n.js";
import { Problem } from "../problem.js";
import { Button } from "./button.js";
import { Icon } from "./icon.js";
import { faultText, problemText } from "./problem-text.js";

/** @typedef {Record<string, any>} Values */

// Refusals that are about one field, though no field is malformed.
/** @type {Record<string, string>} */
const FIELD_OF = {
  "email-taken": "email",
  "mobile-number-taken": "mobile_number",
  "username-taken": "username",
  "username-reserved": "username",
  "wrong-password": "current_password",
};

const Errors = createContext(/** @type {Record<string, string>} */ ({}));

/**
 * A form whose fields get what the API says of them. `onSubmit` gets the fields by name and may throw a Problem: what
 * it says of a field is shown at the field with that name, the rest above the button.
 * @param {{
 *   onSubmit: (values: Values) => unknown, submit: string, kind?: "main" | "danger", children?: unknown, beside?: unknown,
 *   onInput?: () => void
 * }} props `beside`: what stands beside the button
 */
export function Form({ onSubmit, submit, kind = "main", children, beside, onInput }) {
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState(/** @type {Record<string, string>} */ ({}));
  const [fault, setFault] = useState("");
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));

  useEffect(() => {
    const first = form.current?.querySelector("[aria-invalid=true]");
    if (first) /** @type {HTMLElement} */ (first).focus();
  }, [errors]);

  /** @param {SubmitEvent} event */
  async function send(event) {
    event.preventDefault();
    if (busy || !form.current) return;
    setBusy(true);
    setFault("");
    try {
      await onSubmit(valuesOf(form.current));
      setErrors({});
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      const { known, others } = sorted(problem, form.current);
      setErrors(known);
      setFault(others);
    } finally {
      setBusy(false);
    }
  }

  return html`
    <${Errors.Provider} value=${errors}>
      <form class="form" ref=${form} onSubmit=${send} onInput=${onInput} novalidate=${false}>
        ${children}
        <div role="alert" class="form-fault">${fault && html`<${Icon} name="warning" /><p dir="auto">${fault}</p>`}</div>
        <div class="form-actions"><${Button} kind=${kind} type="submit" busy=${busy}>${submit}<//>${beside}</div>
      </form>
    <//>
  `;
}

/**
 * One field with its name, what helps to fill it in, and what is wrong with it. `options` makes it a choice, `rows` a
 * text of several lines; all other attributes are the input's. `value` is what it begins with: what a person typed stays.
 * @param {{
 *   name: string, label: string, hint?: unknown, options?: { value: string, label: string }[], rows?: number,
 *   type?: string, value?: unknown, optional?: boolean, [attribute: string]: unknown
 * }} props
 */
export function Field({ name, label, hint, options, rows, type = "text", value, optional = false, ...others }) {
  const id = useId();
  const error = useContext(Errors)[name];
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ") || undefined;
  const attributes = {
    id,
    name,
    required: !optional,
    "aria-invalid": error ? "true" : undefined,
    "aria-describedby": described,
    dir: "auto",
    ...others,
  };
  if (type === "checkbox") {
    return html`
      <div class="field field-check">
        <label><input type="checkbox" ...${attributes} required=${false} defaultChecked=${Boolean(value)} /><span>${label}</span></label>
        ${hint && html`<p class="field-hint" id="${id}-hint">${hint}</p>`}
        <${FieldError} id=${id} error=${error} />
      </div>
    `;
  }
  const control = options
    ? html`<select ...${attributes}>
        ${options.map((option) => html`<option key=${option.value} value=${option.value} selected=${option.value === value}>${option.label}</option>`)}
      </select>`
    : rows
    ? html`<textarea rows=${rows} ...${attributes}>${value}</textarea>`
    : html`<input type=${type} defaultValue=${value} ...${attributes} />`;
  return html`
    <div class="field">
      <label for=${id}>${label}${optional && html` <span class="field-optional">${t("optional")}</span>`}</label>
      ${control}
      ${hint && html`<p class="field-hint" id="${id}-hint">${hint}</p>`}
      <${FieldError} id=${id} error=${error} />
    </div>
  `;
}

/** A password, which can be shown. @param {{ name: string, label: string, autocomplete: string, hint?: unknown }} props */
export function PasswordField(props) {
  const [shown, setShown] = useState(false);
  return html`
    <div class="password">
      <${Field} ...${props} type=${shown ? "text" : "password"} dir="ltr" autocapitalize="none" spellcheck=${false} />
      <button type="button" class="password-show" aria-pressed=${shown ? "true" : "false"} onClick=${() => setShown(!shown)}>
        ${t("password.show")}
      </button>
    </div>
  `;
}

/** @param {{ id: string, error: string | undefined }} props */
function FieldError({ id, error }) {
  return error && html`<p class="field-error" id="${id}-error"><${Icon} name="warning" />${error}</p>`;
}

/** Texts are trimmed, and absent when they are empty; numbers are numbers, boxes booleans. @param {HTMLFormElement} form */
function valuesOf(form) {
  /** @type {Values} */
  const values = {};
  for (const field of /** @type {Iterable<any>} */ (form.elements)) {
    if (!field.name || field.disabled) continue;
    if (field.type === "checkbox") values[field.name] = field.checked;
    else if (field.type === "radio") {
      if (field.checked) values[field.name] = field.value;
    } else if (field.type === "number") values[field.name] = field.value === "" ? undefined : field.valueAsNumber;
    else if (field.type === "password") values[field.name] = field.value;
    else if (field.type === "file") values[field.name] = field.files[0];
    else values[field.name] = field.value.trim() || undefined;
  }
  return values;
}

/** What a Problem says of this form's fields, and what it says besides. @param {Problem} problem @param {HTMLFormElement} form */
function sorted(problem, form) {
  /** @type {Record<string, string>} */
  const known = {};
  const others = [];
  for (const fault of problem.errors) {
    const name = fault.loc.findLast((part) => typeof part === "string" && form.elements.namedItem(part));
    if (name) known[name] = faultText(fault);
    else others.push(faultText(fault));
  }
  const field = FIELD_OF[problem.code];
  if (field && form.elements.namedItem(field)) return { known: { [field]: problemText(problem) }, others: "" };
  return { known, others: problem.errors.length ? others.join(" ") : problemText(problem) };
}
