// @ts-check

/**
 * Let the notes that are kept ready follow the rule that is chosen, those in the writer's language first, and
 * fill the note, where it can be changed before it is sent.
 *
 * @param {HTMLFormElement} form
 * @param {string} language the writer's
 */
export function attend(form, language) {
  const select = form.querySelector("select[data-canned]");
  const note = form.elements.namedItem("note");
  if (!(select instanceof HTMLSelectElement) || !(note instanceof HTMLTextAreaElement)) return;
  const none = /** @type {HTMLOptionElement} */ (select.options[0]);
  const all = [...select.options].filter((option) => option !== none);
  all.sort((one, other) => Number(other.dataset.language === language) - Number(one.dataset.language === language));
  const show = () => {
    const rule = new FormData(form).get("rule");
    const fitting = all.filter((option) => rule === null || option.dataset.rule === rule);
    const chosen = select.value;
    select.replaceChildren(none, ...fitting);
    // Options that come and go change what is selected, and what is selected goes out with the form.
    select.value = fitting.some((option) => option.value === chosen) ? chosen : none.value;
    /** @type {HTMLElement | null} */ (select.closest(".field"))?.toggleAttribute("hidden", fitting.length === 0);
  };
  let filled = "";
  select.addEventListener("change", () => {
    const chosen = select.selectedOptions[0]?.dataset.body ?? "";
    // What somebody wrote themselves is never written over.
    if (note.value.trim() === "" || note.value === filled) note.value = chosen;
    else if (chosen) note.value = `${note.value.trimEnd()}\n\n${chosen}`;
    filled = note.value;
  });
  form.addEventListener("byline:rule", show);
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.name === "rule") show();
  });
  show();
}
