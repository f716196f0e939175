/* When the day goes out, and the time that is typed for it, by the clocks of the zone, of the site and of whoever looks. */

import {afterMerging} from "./fragments.js";
import {all, find, root} from "./page.js";

/** A moment of a zone's own clock as UTC; the earlier one where the clock shows it twice, null where it never does. */
const momentsOf = (local, zone) => {
    const clock = new Intl.DateTimeFormat("sv-SE", {timeZone: zone, dateStyle: "short", timeStyle: "medium"});
    const asked = local.length === 16 ? `${local}:00` : local;
    const utc = Date.parse(`${asked}Z`);
    const hour = 3600000;
    const found = [];
    for (let shift = -15 * hour; shift <= 15 * hour; shift += hour / 4) {
        if (clock.format(utc + shift).replace(" ", "T") === asked) {
            found.push(new Date(utc + shift));
        }
    }
    return found;
};

const inZone = (moment, zone) =>
    new Intl.DateTimeFormat("en-GB", {
        timeZone: zone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
        ...(moment.getFullYear() !== new Date().getFullYear() && {year: "numeric"}),
    }).format(moment);

/** The moment as the zone's clock, the site's and UTC show it. */
const byClocks = (moment, zone) => {
    const site = root.dataset.siteZone;
    const zones = [...new Set([zone, site, "UTC"])];
    return zones.map((one) => `${inZone(moment, one)} ${one}${one === site ? " (site time)" : ""}`).join(" = ");
};

/** When the day goes out, by the clock of whoever looks. */
const showClocks = () => all("time[data-clocks]").forEach((time) => {
    time.textContent = byClocks(new Date(time.dateTime), Intl.DateTimeFormat().resolvedOptions().timeZone);
});
afterMerging(showClocks);
showClocks();

const part = (moment, zone, timeZoneName) =>
    new Intl.DateTimeFormat("en-GB", {timeZone: zone, timeZoneName}).formatToParts(moment).find(({type}) => type === "timeZoneName").value;

/** `02:30 CET (UTC+1), the second one`. */
const nameFolds = (fold, moments, zone) => moments.slice(0, 2).forEach((moment, index) => {
    const clock = new Intl.DateTimeFormat("en-GB", {timeZone: zone, hour: "2-digit", minute: "2-digit"}).format(moment);
    const offset = part(moment, zone, "shortOffset").replace("GMT", "UTC");
    fold.options[index].textContent = `${clock} ${part(moment, zone, "short")} (${offset}), the ${["first", "second"][index]} one`;
});

/** The time that is typed, as the site's clock and UTC show it. */
const showTimes = () => {
    const form = find("form[data-form=schedule]");
    if (!form) {
        return;
    }
    const {at, zone, fold} = form.elements;
    if (!zone.value || zone.dataset.filled === undefined) {
        zone.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone;
        zone.dataset.filled = "";
    }
    const out = find("[data-slot=times]", form);
    let moments;
    try {
        moments = at.value ? momentsOf(at.value, zone.value) : [];
    } catch {
        out.textContent = "Unknown time zone. Write it like Europe/Berlin.";
        return;
    }
    if (moments.length > 1) {
        nameFolds(fold, moments, zone.value);
    }
    fold.closest("label").hidden = moments.length < 2;
    if (at.value && !moments.length) {
        out.textContent = "The clocks skip this time on that day. Choose another.";
        return;
    }
    const moment = moments[Number(fold.value) || 0] ?? moments[0];
    out.textContent = moment ? byClocks(moment, zone.value) : "";
};

find("#desk-publish").addEventListener("input", showTimes);
afterMerging(showTimes);
