/** Gives the person a file, as a download. @param {string} text @param {string} type @param {string} name */
export function saveFile(text, type, name) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  URL.revokeObjectURL(address);
}
