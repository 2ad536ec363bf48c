// @ts-check

/** The desk's one Trusted Types policy: nothing but an answer of our own server becomes HTML here. */
const policy = globalThis.trustedTypes?.createPolicy("byline-desk", { createHTML: (html) => html });

/**
 * Turn a fragment that our server answered with into elements that stand in no document yet.
 *
 * @param {string} html
 * @returns {DocumentFragment}
 */
export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = /** @type {string} */ (policy ? policy.createHTML(html) : html);
  return template.content;
}
