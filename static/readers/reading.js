// The page of the marks: counts, papers, a file to take along, a file to take over.
"use strict";

{
  const page = document.getElementById("marks");
  const say = page.querySelector("[data-marks-count]");
  const count = (kind) => Object.keys(marks[kind]).length;
  const show = async () => {
    say.textContent = `This browser remembers ${count("read")} read, ${count("saved")} saved and ${count("hidden")} hidden papers.`;
    for (const kind of ["saved", "hidden"]) {
      const list = page.querySelector(`[data-marks-${kind}]`);
      list.replaceChildren(...Object.keys(marks[kind]).sort().map((id) => {
        const item = made("li", "");
        const back = made("button", kind === "saved" ? "Remove" : "Show again", { type: "button" });
        back.append(made("span", `: arXiv:${id}`, { className: "visually-hidden" }));
        back.addEventListener("click", () => { toggle(kind, id); show(); });
        item.append(made("a", `arXiv:${id}`, { href: `/papers/${id}` }), " ", back);
        item.dataset.marked = id;
        return item;
      }));
      if (!list.children.length) list.append(made("li", "None.", { className: "none" }));
    }
    const titles = await titlesOf([...Object.keys(marks.saved), ...Object.keys(marks.hidden)]);
    for (const item of page.querySelectorAll("li[data-marked]")) {
      const title = titles[item.dataset.marked];
      if (!title) continue;
      item.querySelector("a").textContent = title;
      item.querySelector(".visually-hidden").textContent = `: ${title}`;
    }
  };
  page.querySelector("[data-marks-export]").addEventListener("click", () => {
    const address = URL.createObjectURL(new Blob([JSON.stringify(marks, null, 1)], { type: "application/json" }));
    made("a", "", { href: address, download: "hot-papers-marks.json" }).click();
    setTimeout(() => URL.revokeObjectURL(address));
  });
  page.querySelector("[data-marks-import]").addEventListener("change", async (event) => {
    const text = await event.target.files[0]?.text();
    event.target.value = ""; // so that the same file may be chosen again
    readAgain();
    const found = parsed(text);
    const added = marksOf(JSON.stringify(found?.marks ?? found));
    const taken = KINDS.reduce((sum, kind) => sum + Object.keys(added[kind]).length, 0);
    for (const kind of KINDS) marks[kind] = { ...added[kind], ...marks[kind] };
    keep();
    show();
    say.textContent += taken ? ` ${taken} loaded from the file.` : " The file has none. Choose a file that was saved on this page.";
  });
  page.querySelector("[data-marks-clear]").addEventListener("click", async () => {
    if (await asked("Forget all read, saved and hidden papers?", "You can’t undo this unless you saved them as a file.", "Yes, forget all")) {
      marks = marksOf("{}");
      keep();
      show();
    }
  });
  show();
}
