// A script that puts `DOMPurify` into the page.
export {};
