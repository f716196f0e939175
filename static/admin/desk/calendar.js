/* The calendar by keys: arrows walk the days, Home and End a week, [ and ] or Page Up and Page Down change the month. Tab reaches
   one day; without scripts all of them. */

const days = [...document.querySelectorAll("#calendar td > a")];
const first = days.find((one) => one.ariaCurrent) ?? days.find((one) => !one.parentElement.matches(".of-other")) ?? days[0];

const choose = (day) => {
    days.forEach((one) => { one.tabIndex = one === day ? 0 : -1; });
};
choose(first);

const STEPS = {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7};
const isField = (element) => element?.matches?.("input, textarea, select, summary");

document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isField(document.activeElement)) {
        return;
    }
    const month = {"[": "prev", "]": "next", PageUp: "prev", PageDown: "next"}[event.key];
    if (month) {
        event.preventDefault();
        document.querySelector(`.calendar-head [rel=${month}]`).click();
        return;
    }
    const at = days.indexOf(document.activeElement);
    if (at < 0) {
        return;
    }
    const week = at - (at % 7);
    const to = {Home: week, End: week + 6}[event.key] ?? (event.key in STEPS ? at + STEPS[event.key] : null);
    if (to !== null && days[to]) {
        event.preventDefault();
        choose(days[to]);
        days[to].focus();
    }
});
