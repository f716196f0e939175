// A post's original: its network is asked for it only after a yes, and its page stays in its frame.
"use strict";

const HERE = "Show here";

async function askFirst(event) {
  const link = event.target.closest("a[data-original]");
  if (!link || event.button > 1) return;
  event.preventDefault();
  const text = `Here or in a new tab, it comes from ${link.dataset.network}, which then learns the address of your machine and `
    + "which post you look at, may learn that you came from this site, and may set cookies.";
  const there = `Open at ${link.dataset.network}`;
  const answer = await asked("Show the original post?", text, HERE, there);
  if (answer === HERE) showOriginal(link);
  if (answer === there) open(link.href, "_blank", "noopener,noreferrer");
}
document.addEventListener("click", askFirst);
document.addEventListener("auxclick", askFirst); // the middle button

/** Below the quotation and its link, which stay: the network may not answer, or no longer have the post. */
function showOriginal(link) {
  const post = link.closest("figure, li");
  post.querySelector(".original")?.remove();
  const author = post.querySelector("bdi")?.textContent;
  const theme = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const box = made("div", "", { className: "original" });
  const hide = made("button", "Hide the original", { type: "button" });
  hide.addEventListener("click", () => {
    box.remove();
    link.focus();
  });
  box.append(hide, made("iframe", "", {
    title: `Original post${author ? ` by ${author}` : ""} at ${link.dataset.network}`,
    sandbox: "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox",
    referrerPolicy: "no-referrer",
    height: 400, // until it tells its own
    src: link.dataset.original.replace("{theme}", theme),
  }));
  post.append(box); // behind the link, which so stays where it is
  hide.focus();
}

addEventListener("message", ({ source, origin, data }) => {
  const frame = all(".original iframe").find((one) => one.contentWindow === source);
  if (!frame || origin !== new URL(frame.src).origin) return;
  let told;
  try { told = typeof data === "string" ? JSON.parse(data) : data; } catch { return; }
  const ofX = told?.["twttr.embed"];
  const height = ofX?.method === "twttr.private.resize" ? ofX.params?.[0]?.height : told?.height;
  if (Number.isFinite(height)) frame.height = Math.min(Math.max(Math.ceil(height), 100), 2000);
});
