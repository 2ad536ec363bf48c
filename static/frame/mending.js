// What is wrong with a field is said until it is mended: the mark goes with the first change, since what is
// typed from there on is known to nobody but the server, who says again what is wrong when it is sent.

/**
 * Takes back what was said about a field.
 * @param {EventTarget | null} field
 */
export function mend(field) {
  if (!(field instanceof HTMLElement) || !field.hasAttribute("aria-invalid")) return;
  const problem = `${field.id}-problem`;
  field.removeAttribute("aria-invalid");
  const described = (field.getAttribute("aria-describedby") ?? "").split(/\s+/).filter((id) => id && id !== problem);
  if (described.length) field.setAttribute("aria-describedby", described.join(" "));
  else field.removeAttribute("aria-describedby");
  document.getElementById(problem)?.remove();
  // The line over the form is struck out and keeps its place: nothing moves under the hand of who is typing.
  const line = document.querySelector(`.summary a[href="#${CSS.escape(field.id)}"]`);
  const struck = document.createElement("s");
  struck.textContent = line?.textContent ?? "";
  line?.replaceWith(struck);
}
