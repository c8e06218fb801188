import { useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { Button } from "./button.js";
import { Icon } from "./icon.js";

/**
 * Where a file is dropped or, by a button, chosen.
 * @param {{ text: string, choose: string, chooseAnother?: string, accept: string, name?: string, onFile: (file: File | undefined) => unknown }} props
 * `name` of the file that is chosen
 */
export function Drop({ text, choose, chooseAnother, accept, name, onFile }) {
  const [over, setOver] = useState(false);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** @param {DragEvent} event */
  function drop(event) {
    event.preventDefault();
    setOver(false);
    onFile(event.dataTransfer?.files[0]);
  }
  /** @param {any} event of the input */
  function chosen({ target }) {
    onFile(target.files[0]);
    // The same file, mended, can be chosen again.
    target.value = "";
  }
  return html`
    <div class=${over ? "drop drop-over" : "drop"} onDrop=${drop} onDragLeave=${() => setOver(false)}
      onDragOver=${(/** @type {DragEvent} */ event) => {
    event.preventDefault();
    setOver(true);
  }}>
      <p>${name ? html`<${Icon} name="file" /> <bdi>${name}</bdi>` : text}</p>
      <input class="only-heard" type="file" accept=${accept} tabindex="-1" ref=${input} onChange=${chosen} aria-label=${choose} />
      <${Button} icon="upload" onClick=${() => input.current?.click()}>${name && chooseAnother ? chooseAnother : choose}<//>
    </div>
  `;
}
