import { Problem } from "../problem.js";

/** @typedef {{ url: string, fields: Record<string, string> }} UploadForm as the API gives it */

/** Sends a file where the API said; `fetch` does not say how far a file is sent.
 * @param {UploadForm} form @param {File} file @param {(percent: number) => void} onProgress @returns {Promise<void>} */
export function sendFile({ url, fields }, file, onProgress) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("file", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => onProgress(100 * loaded / total);
    request.onload = () => request.status < 300 ? resolve() : reject(new Problem(request.status));
    request.onerror = () => reject(new Problem(0));
    request.open("POST", url);
    request.send(body);
  });
}
