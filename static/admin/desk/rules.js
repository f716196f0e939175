/* The rules of ranking: their panel, and what stands in its form. */

import {all, find} from "./page.js";

const panel = find("#desk-rules");

export const isOpen = () => !panel.hidden;

export const openRules = () => {
    panel.hidden = false;
    find("input", panel).select();
};

export const closeRules = () => { panel.hidden = true; };

export const rulesBody = () => {
    const {hot_score, shown_tweet_score, shown_tweets, one_tweet_per_author} = find("#rules").elements;
    return {
        hot_score: hot_score.valueAsNumber,
        shown_tweet_score: shown_tweet_score.valueAsNumber,
        shown_tweets: shown_tweets.valueAsNumber,
        one_tweet_per_author: one_tweet_per_author.checked,
        weights: weights(),
    };
};

/** The same for the whole site, with the latest change that the administrator saw. */
export const siteRulesBody = () => ({...rulesBody(), seen: Number(find("#desk-rules-seen").dataset.change)});

/** What each count of each network gives, by network and count. */
const weights = () => {
    const found = {};
    for (const field of all("#rules [name=weight]")) {
        found[field.dataset.network] = {...found[field.dataset.network], [field.dataset.count]: field.valueAsNumber};
    }
    return found;
};
